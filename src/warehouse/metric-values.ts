import type { MetricValuesTable } from "./schema/metrics.ts";
import type { ReadDb, WriteTx } from "./warehouse.ts";

const ROWS_PER_INSERT = 100;
const KEY = ["metric", "scope_kind", "scope_id", "grain", "period_start"] as const;

/** What is stored for one kind of scope, for periods that begin in `[from, to]`. */
export async function readValues(db: ReadDb, scopeKind: string, from: string, to: string): Promise<readonly MetricValuesTable[]> {
  return db
    .selectFrom("metric_values")
    .selectAll()
    .where("scope_kind", "=", scopeKind)
    .where("period_start", ">=", from)
    .where("period_start", "<=", to)
    .execute();
}

/** Stores values over those of the same metric, scope and period. */
export async function writeValues(tx: WriteTx, rows: readonly MetricValuesTable[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    await tx
      .insertInto("metric_values")
      .values(rows.slice(at, at + ROWS_PER_INSERT))
      .onConflict((conflict) =>
        conflict.columns(KEY).doUpdateSet((e) => ({
          period_end: e.ref("excluded.period_end"),
          as_of: e.ref("excluded.as_of"),
          version: e.ref("excluded.version"),
          value: e.ref("excluded.value"),
          numerator: e.ref("excluded.numerator"),
          denominator: e.ref("excluded.denominator"),
          n: e.ref("excluded.n"),
          interval_low: e.ref("excluded.interval_low"),
          interval_high: e.ref("excluded.interval_high"),
          unit: e.ref("excluded.unit"),
          parts: e.ref("excluded.parts"),
          flags: e.ref("excluded.flags"),
          measured_at: e.ref("excluded.measured_at"),
        })),
      )
      .execute();
  }
}

/** Takes away every stored value of one kind of scope: results by rep are not kept where people.level is `team`. */
export async function removeValues(tx: WriteTx, scopeKind: string): Promise<void> {
  await tx.deleteFrom("metric_values").where("scope_kind", "=", scopeKind).execute();
}
