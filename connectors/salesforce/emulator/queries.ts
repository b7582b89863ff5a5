import { jsonReply, type SandboxReply, type SandboxRequest } from "#sandbox/http.ts";
import type { Org } from "./org.ts";
import { emptyRecycleBin } from "./org.ts";
import { apiError } from "./replies.ts";
import { type Found, runSoql } from "./soql.ts";
import { idFor } from "./values.ts";

/** Most records a page holds; the client may ask for fewer, down to 200. */
const PAGE = 2_000;
const CURSOR_LIFE_MS = 2 * 86_400_000;

export interface QueryCall {
  readonly version: string;
  readonly all: boolean;
  readonly tooling: boolean;
}

/** Queries and their further pages. */
export interface Queries {
  run(request: SandboxRequest, call: QueryCall): SandboxReply;
  more(request: SandboxRequest, locator: string, version: string): SandboxReply;
  /** Forgets every cursor, as after a release. */
  forgetCursors(): void;
}

interface Cursor {
  readonly found: Found;
  readonly size: number;
  readonly openedMs: number;
}

export function makeQueries(org: Org): Queries {
  const cursors = new Map<string, Cursor>();
  let opened = 0;
  const page = (found: Found, from: number, size: number, version: string, id: string): SandboxReply => {
    const to = Math.min(from + size, found.totalSize);
    const records = found.records(from, to);
    const isDone = to >= found.totalSize || records.length === 0;
    const next = isDone ? {} : { nextRecordsUrl: `/services/data/v${version}/query/${id}-${to}` };
    if (isDone) cursors.delete(id);
    return jsonReply(200, { totalSize: found.totalSize, done: isDone, ...next, records });
  };
  return {
    run: (request, call) => {
      const sight = org.sight();
      for (const type of org.store.objects.values()) if (type.fields.has("isdeleted") && call.all) emptyRecycleBin(org, type);
      const found = runSoql(request.query.get("q") ?? "", {
        sight,
        all: call.all,
        version: call.version,
        tooling: call.tooling,
        isArchived: org.isArchived,
      });
      const id = idFor("01g", String(opened++));
      const size = batchSize(request);
      cursors.set(id, { found, size, openedMs: org.clock.nowMs() });
      return page(found, 0, size, call.version, id);
    },
    more: (_request, locator, version) => {
      const [id = "", from = ""] = locator.split("-");
      const cursor = cursors.get(id);
      const isLost = cursor === undefined || org.clock.nowMs() - cursor.openedMs > CURSOR_LIFE_MS || !/^\d+$/.test(from);
      if (isLost) throw apiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
      return page(cursor.found, Number(from), cursor.size, version, id);
    },
    forgetCursors: () => cursors.clear(),
  };
}

function batchSize(request: SandboxRequest): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(request.headers["sforce-query-options"] ?? "")?.[1];
  return asked === undefined ? PAGE : Math.min(PAGE, Math.max(200, Number(asked)));
}
