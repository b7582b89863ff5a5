import type { Stream } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import type { HubSpot } from "../client.ts";
import { nextAfter, objectOf, resultsOf } from "../decode.ts";
import { mapRates } from "../map-people.ts";
import { loops } from "./loops.ts";
import { checkVersion } from "./progress.ts";

/** Rates of the portal's currencies over time, as rates to the organisation's currency. */
export function rateStream(hub: HubSpot, currency: string): Stream {
  return {
    name: "rates",
    mode: "snapshot",
    emits: ["exchangeRate"],
    async *read(from, context) {
      if (from !== null) checkVersion(from, 1);
      const results: unknown[] = [];
      const tokens = new Set<string>();
      for (let after: string | null = null; ; ) {
        const query: [string, string][] = [["limit", "100"], ...(after === null ? [] : [["after", after] as [string, string]])];
        const request = { name: "rates.list", method: "GET", path: hub.paths.exchangeRates(), query } as const;
        const body = objectOf(await hub.request({ ...request }, context), "rates.list");
        results.push(...resultsOf(body, "rates.list"));
        after = nextAfter(body["paging"]);
        if (after === null) break;
        if (tokens.has(after)) throw loops("rates", after);
        tokens.add(after);
      }
      const changes = mapRates(results, currency).map((rate): Change => ({ type: "exchangeRate", op: "upsert", record: rate }));
      yield { changes, rejects: [], received: results.length, checkpoint: { v: 1, data: { readAt: context.clock.now() } } };
    },
  };
}
