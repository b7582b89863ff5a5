import type { Page, Stream } from "#core/connector.ts";
import type { Asker, HubSpot } from "../client.ts";
import { nextAfter, objectOf, resultsOf } from "../decode.ts";
import { mapOwners } from "../map-people.ts";
import { loops } from "./loops.ts";
import { checkVersion } from "./progress.ts";

const PAGE_SIZE = "100";

/** Owners, active and deactivated ones: closed deals of people who left keep their rep. Teams come with them. */
export function ownerStream(hub: HubSpot): Stream {
  return {
    name: "owners",
    mode: "snapshot",
    emits: ["user", "team", "membership"],
    async *read(from, context) {
      if (from !== null) checkVersion(from, 1);
      const memberships: string[] = [];
      for (const isArchived of [false, true]) {
        for await (const [page, ids] of pages(hub, isArchived, context)) {
          memberships.push(...ids);
          // Small enough to read again from the start: only the last page below says that all was seen.
          yield { ...page, checkpoint: { v: 1, data: { readAt: null } } };
          if (context.signal.aborted) return;
        }
      }
      const within = { order: "text", after: null, upTo: null } as const;
      yield {
        changes: [{ type: "membership", op: "present", ids: memberships, within }],
        rejects: [],
        received: 0,
        checkpoint: { v: 1, data: { readAt: context.clock.now() } },
      };
    },
  };
}

async function* pages(
  hub: HubSpot,
  isArchived: boolean,
  asker: Asker,
): AsyncGenerator<readonly [Omit<Page, "checkpoint">, readonly string[]]> {
  const tokens = new Set<string>();
  for (let after: string | null = null; ; ) {
    const query: [string, string][] = [["limit", PAGE_SIZE], ...(after === null ? [] : [["after", after] as [string, string]])];
    const request = { name: "owners.list", method: "GET", path: hub.paths.owners() } as const;
    const body = objectOf(await hub.request({ ...request, query: [...query, ["archived", String(isArchived)]] }, asker), "owners.list");
    const results = resultsOf(body, "owners.list");
    const { changes, rejects, membershipIds } = mapOwners(results, isArchived);
    yield [{ changes, rejects, received: results.length }, membershipIds];
    after = nextAfter(body["paging"]);
    if (after === null) return;
    if (tokens.has(after)) throw loops("owners", after);
    tokens.add(after);
  }
}
