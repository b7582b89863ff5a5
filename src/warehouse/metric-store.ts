import type { MetricCellKeysTable, MetricCellsTable } from "./schema/metrics.ts";
import type { ReadDb, WriteTx } from "./warehouse.ts";

/** A mark as it was read; cleared only if it was not renewed since. */
export interface DirtyMark {
  readonly scope: string;
  readonly marked_at: string;
}

export interface StoredVersion {
  readonly metric: string;
  readonly version: number;
  readonly measured_at: string;
}

const ROWS_PER_INSERT = 400;

export async function readMarks(db: ReadDb): Promise<readonly DirtyMark[]> {
  return db.selectFrom("dirty_scopes").select(["scope", "marked_at"]).orderBy("scope").execute();
}

export async function readVersions(db: ReadDb): Promise<readonly StoredVersion[]> {
  return db.selectFrom("metric_versions").selectAll().orderBy("metric").execute();
}

export async function readCellKeys(db: ReadDb): Promise<readonly MetricCellKeysTable[]> {
  return db.selectFrom("metric_cell_keys").selectAll().execute();
}

/** Cells of one fact set, blocks `first` to `last` inclusive. */
export async function readCells(
  db: ReadDb,
  factSet: string,
  first: string,
  last: string,
): Promise<readonly Omit<MetricCellsTable, "fact_set">[]> {
  return db
    .selectFrom("metric_cells")
    .select(["block", "cell", "tallies"])
    .where("fact_set", "=", factSet)
    .where("block", ">=", first)
    .where("block", "<=", last)
    .execute();
}

/** Replaces the cells of some blocks; `blocks` null: all of them. `metrics` are those the cells hold. */
export async function replaceCells(
  tx: WriteTx,
  metrics: readonly { readonly key: string; readonly version: number }[],
  blocks: readonly string[] | null,
  cells: Iterable<MetricCellsTable>,
  keys: readonly MetricCellKeysTable[],
  now: string,
): Promise<number> {
  if (blocks === null) {
    await tx.deleteFrom("metric_cells").execute();
    // What is no longer enabled must not pass for measured.
    await tx.deleteFrom("metric_versions").execute();
  } else for (const chunk of chunks(blocks)) await tx.deleteFrom("metric_cells").where("block", "in", chunk).execute();
  for (const chunk of chunks(keys)) {
    await tx
      .insertInto("metric_cell_keys")
      .values(chunk)
      .onConflict((conflict) => conflict.column("cell").doNothing())
      .execute();
  }
  let stored = 0;
  for (const chunk of chunks(cells)) {
    stored += chunk.length;
    await tx.insertInto("metric_cells").values(chunk).execute();
  }
  const versions = metrics.map(({ key, version }) => ({ metric: key, version, measured_at: now }));
  await tx
    .insertInto("metric_versions")
    .values(versions)
    .onConflict((conflict) =>
      conflict.column("metric").doUpdateSet((e) => ({ version: e.ref("excluded.version"), measured_at: e.ref("excluded.measured_at") })),
    )
    .execute();
  return stored;
}

const RULES = "metrics.rules";

/** The settings the stored cells rest on; null before the first measurement. */
export async function readRules(db: ReadDb): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("key", "=", RULES).executeTakeFirst();
  return row?.value ?? null;
}

export async function keepRules(tx: WriteTx, value: string, now: string): Promise<void> {
  const row = { key: RULES, value, changed_at: now, changed_by: "measure" };
  await tx
    .insertInto("settings")
    .values(row)
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value, changed_at: now }).where("settings.value", "!=", value))
    .execute();
}

/** Removes the marks that were worked off, but none that was renewed meanwhile. */
export async function clearMarks(tx: WriteTx, marks: readonly DirtyMark[]): Promise<void> {
  for (const { scope, marked_at } of marks) {
    await tx.deleteFrom("dirty_scopes").where("scope", "=", scope).where("marked_at", "=", marked_at).execute();
  }
}

function* chunks<T>(items: Iterable<T>): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < ROWS_PER_INSERT) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
