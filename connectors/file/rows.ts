import { basename } from "node:path";
import type { Page, Reject, StreamContext } from "#core/connector.ts";
import type { JsonValue } from "#core/json.ts";
import type { Change } from "#core/records.ts";
import type { Fault } from "./cells.ts";
import { type Position, toCheckpoint } from "./checkpoint.ts";
import type { IdLedger } from "./ids.ts";
import type { Source, StreamPlan } from "./plan.ts";
import { type FileSet, formatOf, type ReadRow, readSources } from "./read.ts";

const PAGE_CHANGES = 1_000;
const PAYLOAD_CHARS = 20_000;

/** One reading of a stream's files and what it has to remember. */
export interface Reading {
  readonly plan: StreamPlan;
  readonly set: FileSet;
  readonly context: StreamContext;
  sources(): readonly Source[];
  readonly ledger: IdLedger;
  readonly idLimit: number;
  readonly counts: { rows: number; ownRows: number; unidentified: number };
}

/** Pages of changes from the row after `start.rows` on. */
export async function* rowPages(reading: Reading, start: Position): AsyncGenerator<Page, void, void> {
  const { plan, set, context, counts } = reading;
  const gathered = gathering(start);
  for await (const batch of readSources(set, reading.sources(), plan.emits[0] ?? "deal", context.signal)) {
    for (const row of batch) {
      const settled = settle(row, reading);
      if (counts.rows <= start.rows) continue;
      gathered.add(settled);
      if (!gathered.isFull()) continue;
      yield gathered.take(counts.rows);
      if (context.signal.aborted) return;
    }
  }
  if (!context.signal.aborted && !gathered.isEmpty()) yield gathered.take(counts.rows);
}

function gathering(start: Position): { add(row: Settled): void; isFull(): boolean; isEmpty(): boolean; take(rows: number): Page } {
  let changes: Change[] = [];
  let rejects: Reject[] = [];
  let sent = start.rows;
  return {
    add: (row) => {
      for (const change of row.changes) changes.push(change);
      if (row.reject !== null) rejects.push(row.reject);
    },
    isFull: () => changes.length + rejects.length >= PAGE_CHANGES,
    isEmpty: () => changes.length + rejects.length === 0,
    take: (rows) => {
      const page: Page = { changes, rejects, checkpoint: toCheckpoint({ ...start, rows }), received: rows - sent };
      changes = [];
      rejects = [];
      sent = rows;
      return page;
    },
  };
}

interface Settled {
  readonly changes: readonly Change[];
  readonly reject: Reject | null;
}

/** Notes the row's ids, drops what is known already and turns a fault into a reject. */
function settle(row: ReadRow, { ledger, counts, set }: Reading): Settled {
  counts.rows += 1;
  if (row.role === "names") return { changes: row.changes.filter((change) => noteId(change, ledger)), reject: null };
  counts.ownRows += 1;
  const [first] = row.changes;
  const id = first === undefined ? "" : idOf(first);
  if (id === "") counts.unidentified += 1;
  const isNew = first !== undefined && id !== "" && noteId(first, ledger);
  for (const change of row.changes.slice(1)) noteId(change, ledger);
  if (row.fault !== null) return { changes: [], reject: rejected(row, set, row.fault) };
  if (isNew) return { changes: row.changes, reject: null };
  const reason = `id '${id}' is in the file more than once; the first row counts`;
  return { changes: [], reject: rejected(row, set, { code: "record.duplicate_id", reason }) };
}

const noteId = (change: Change, ledger: IdLedger): boolean => ledger.add(change.type, idOf(change));

/** The id of the record a change brings. */
export function idOf(change: Change): string {
  return change.op === "upsert" ? change.record.id : "";
}

function rejected(row: ReadRow, set: FileSet, { code, reason }: Fault): Reject {
  const file = basename(formatOf(set.files, row.file).path);
  const cells = JSON.stringify(row.cells);
  const content: JsonValue = cells.length <= PAYLOAD_CHARS ? row.cells : cells.slice(0, PAYLOAD_CHARS);
  const payload = { file, line: row.line, cells: content };
  return { type: row.type, ref: `${file}:${row.line}`, code, reason: `${file} line ${row.line}: ${reason}.`, payload };
}
