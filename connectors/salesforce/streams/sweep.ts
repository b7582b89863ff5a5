import type { Checkpoint, Page, Stream, StreamContext } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { Change, RecordType } from "#core/records.ts";
import { type Instant, msOf, parseInstant } from "#core/time/instant.ts";
import { idsOf, isRow, type Row } from "../decode.ts";
import type { ObjectInfo } from "../schema.ts";
import { compare, flag, recordId, soql } from "../soql.ts";
import { allRows } from "../window.ts";
import { refuseUnknown, simpleCheckpoint } from "../window-state.ts";
import type { StreamDeps } from "./incremental.ts";

const HOUR_MS = 3_600_000;

export interface SweepSpec {
  readonly name: string;
  readonly object: string;
  readonly type: RecordType;
  /** Streams that have read every id before it is looked for. */
  readonly after: readonly string[];
}

interface SweepState {
  /** When the last whole sweep began. */
  readonly sweptAt: Instant | null;
  /** Where one stands that is under way. */
  readonly after: string | null;
}

/** Compares ids with what is there: a record purged from the recycle bin or deleted for good leaves no other trace. Costs one call per
 *  2,000 records, so it runs every `sweepHours` only. */
export function sweepStream(deps: StreamDeps, spec: SweepSpec): Stream {
  const { name, object, type, after } = spec;
  return { name, mode: "snapshot", emits: [type], after, read: (from, context) => sweep(deps, object, type, from, context) };
}

async function* sweep(
  deps: StreamDeps,
  object: string,
  type: RecordType,
  from: Checkpoint | null,
  context: StreamContext,
): AsyncGenerator<Page, void, void> {
  refuseUnknown(from, `${object} sweep`);
  const { sweepHours } = deps.settings;
  deps.schema.begin("sweep", object);
  const info = sweepHours === 0 ? null : await deps.schema.object(object, context);
  if (info === null) return;
  const startedAt = deps.client.time.now();
  let state = stateOf(from);
  if (!isDue(state, startedAt, sweepHours)) return;
  for (;;) {
    const { after } = state;
    const ids = ascending(await idsAfter(deps, info, after, context), after, object);
    const isLast = ids.length < PAGE;
    const upTo = isLast ? null : (ids.at(-1) ?? null);
    state = isLast ? { sweptAt: startedAt, after: null } : { ...state, after: upTo };
    const present: Change = { type, op: "present", ids, within: { order: "text", after, upTo } };
    yield { changes: [present], rejects: [], checkpoint: simpleCheckpoint({ ...state }), received: ids.length };
    if (isLast || context.signal.aborted) return;
  }
}

function isDue(state: SweepState, now: Instant, sweepHours: number): boolean {
  return state.after !== null || state.sweptAt === null || msOf(now) >= msOf(state.sweptAt) + sweepHours * HOUR_MS;
}

/** The next ids; fewer than a page are the last. */
async function idsAfter(deps: StreamDeps, info: ObjectInfo, after: string | null, context: StreamContext): Promise<readonly string[]> {
  const where = [
    ...(info.fields.has("IsDeleted") ? [compare("IsDeleted", "=", flag(false))] : []),
    ...(after === null ? [] : [compare("Id", ">", recordId(after))]),
  ];
  const query = soql({ object: info.name, fields: ["Id"], where, orderBy: ["Id"], limit: PAGE });
  const rows: Row[] = [];
  for await (const row of allRows(deps, `${info.name}.sweep`, query, context)) rows.push(row);
  return idsOf(rows);
}

const PAGE = 2_000;

/** What is missing between two ids counts as gone, so the order must be the one we compare by. */
function ascending(ids: readonly string[], after: string | null, object: string): readonly string[] {
  let previous = after ?? "";
  for (const id of ids) {
    if (id <= previous) {
      throw new AppError({
        code: "salesforce.id_order",
        recovery: "abort",
        message: `Ids of ${object} did not come in ascending order; the sweep was stopped before anything was taken for deleted.`,
        details: { object },
      });
    }
    previous = id;
  }
  return ids;
}

function stateOf(checkpoint: Checkpoint | null): SweepState {
  const data = isRow(checkpoint?.data) ? checkpoint.data : {};
  const { sweptAt, after } = data;
  return { sweptAt: typeof sweptAt === "string" ? parseInstant(sweptAt) : null, after: typeof after === "string" ? after : null };
}
