import { CompiledQuery } from "kysely";
import { isSqlite } from "./dialect/dialect.ts";
import type { Db } from "./schema/db.ts";
import type { WriteTx } from "./warehouse.ts";

/** What a column may hold on both databases. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Rows of one table go in by its key; columns that are not in `keep` take the new value. */
export interface UpsertPlan {
  readonly table: keyof Db;
  readonly key: readonly string[];
  /** Columns that keep what they hold when the row exists. */
  readonly keep?: readonly string[];
}

/** PostgreSQL allows 65,535 parameters a statement; half of it keeps plans small. */
const MOST_PARAMETERS = 30_000;
const MOST_ROWS = 500;

/** Inserts or overwrites rows that all have the same columns in the same order; no key may occur twice. */
export async function upsertRows(tx: WriteTx, plan: UpsertPlan, rows: readonly SqlRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => columns.map((column) => row[column] ?? null));
  await upsertValues(tx, plan, columns, values);
}

/** The same from lists of values, for the rows that come by the million. */
export async function upsertValues(
  tx: WriteTx,
  plan: UpsertPlan,
  columns: readonly string[],
  values: readonly (readonly SqlValue[])[],
): Promise<void> {
  if (values.length === 0) return;
  const head = `insert into ${quoted(plan.table)} (${columns.map(quoted).join(", ")}) values `;
  const tail = ` on conflict (${plan.key.map(quoted).join(", ")}) do ${conflictAction(plan, columns)}`;
  if (isSqlite(tx)) {
    await run(tx, head + tuple(columns.length, () => "?") + tail, values);
    return;
  }
  const size = Math.min(MOST_ROWS, Math.floor(MOST_PARAMETERS / columns.length));
  for (let start = 0; start < values.length; start += size) {
    const chunk = values.slice(start, start + size);
    const tuples = chunk.map((_, row) => tuple(columns.length, (column) => `$${row * columns.length + column + 1}`));
    await run(tx, head + tuples.join(", ") + tail, chunk.flat());
  }
}

function conflictAction(plan: UpsertPlan, columns: readonly string[]): string {
  const fixed = new Set([...plan.key, ...(plan.keep ?? [])]);
  const assignments = columns.filter((column) => !fixed.has(column)).map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  return assignments.length === 0 ? "nothing" : `update set ${assignments.join(", ")}`;
}

/** The rows of a connection whose `key` column is one of `ids`, in no order. */
export async function lookUp(
  tx: WriteTx,
  table: keyof Db & string,
  columns: readonly string[] | "*",
  connectionId: string,
  key: string,
  ids: readonly string[],
): Promise<readonly SqlRow[]> {
  if (ids.length === 0) return [];
  const selected = columns === "*" ? "*" : columns.map(quoted).join(", ");
  const from = `select ${selected} from ${quoted(table)} where "connection_id" = `;
  if (isSqlite(tx)) {
    return run(
      tx,
      `${from}? and ${quoted(key)} = ?`,
      ids.map((id) => [connectionId, id]),
    );
  }
  return run(tx, `${from}$1 and ${quoted(key)} = any($2::text[])`, [connectionId, ids]);
}

/** Sets one column of rows that exist, each to its own value. */
export async function setColumn(
  tx: WriteTx,
  table: keyof Db & string,
  column: string,
  connectionId: string,
  values: ReadonlyMap<string, string | null>,
): Promise<void> {
  if (values.size === 0) return;
  const update = `update ${quoted(table)} set ${quoted(column)} = `;
  if (isSqlite(tx)) {
    await run(
      tx,
      `${update}? where "connection_id" = ? and "source_id" = ?`,
      [...values].map(([id, value]) => [value, connectionId, id]),
    );
    return;
  }
  const source = `from unnest($2::text[], $3::text[]) as given (id, value) where "connection_id" = $1 and "source_id" = given.id`;
  await run(tx, `${update}given.value ${source}`, [connectionId, [...values.keys()], [...values.values()]]);
}

/** Removes the rows of a connection whose `key` column is one of `ids`. */
export async function deleteRows(
  tx: WriteTx,
  table: keyof Db & string,
  connectionId: string,
  key: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const from = `delete from ${quoted(table)} where "connection_id" = `;
  if (isSqlite(tx)) {
    await run(
      tx,
      `${from}? and ${quoted(key)} = ?`,
      ids.map((id) => [connectionId, id]),
    );
    return;
  }
  await run(tx, `${from}$1 and ${quoted(key)} = any($2::text[])`, [connectionId, ids]);
}

/** On SQLite a list of lists runs the one prepared statement for each (dialect/sqlite-statements.ts). */
async function run(tx: WriteTx, text: string, parameters: readonly unknown[]): Promise<readonly SqlRow[]> {
  const { rows } = await tx.executeQuery<SqlRow>(CompiledQuery.raw(text, [...parameters]) as CompiledQuery<SqlRow>);
  return rows;
}

function tuple(length: number, placeholder: (index: number) => string): string {
  return `(${Array.from({ length }, (_, index) => placeholder(index)).join(", ")})`;
}

function quoted(name: string): string {
  return `"${name}"`;
}
