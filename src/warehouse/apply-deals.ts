import type { Change } from "#core/records.ts";
import type { ApplyContext } from "./apply-context.ts";
import { type SqlRow, setColumn, upsertRows } from "./bulk.ts";
import { observe } from "./observe.ts";
import { type PlanContext, planType, type TypePlan } from "./plan-type.ts";
import { RECORD_TABLES } from "./records/tables.ts";
import { settleDeals } from "./settle-deals.ts";
import type { StageBook } from "./stage-book.ts";
import type { WriteTx } from "./warehouse.ts";
import { rowsBefore, writeType } from "./write-type.ts";

/** Stores deals and their stage log together: what either changes of a deal is settled once. */
export async function applyDeals(
  tx: WriteTx,
  dealChanges: readonly Change[],
  entryChanges: readonly Change[],
  book: StageBook,
  context: ApplyContext,
  planContext: PlanContext,
): Promise<{ readonly plans: readonly TypePlan[]; readonly blocks: ReadonlySet<string> }> {
  if (dealChanges.length === 0 && entryChanges.length === 0) return { plans: [], blocks: new Set() };
  const entries = await planType(tx, "stageEntry", RECORD_TABLES.stageEntry, entryChanges, planContext);
  const entriesBefore = await rowsBefore(tx, entries, planContext);
  await writeType(tx, entries, entriesBefore, planContext);
  const deals = await planType(tx, "deal", RECORD_TABLES.deal, dealChanges, planContext);
  const before = await rowsBefore(tx, deals, planContext);
  if (context.historyBasis === "derived") await keepObserved(tx, deals, before, context);
  const decisions = deals.decisions.filter((decision) => decision.kind !== "stamp");
  const others = relogged(entries, entriesBefore);
  const { derived, blocks } = await settleDeals(tx, { decisions, before, mergedInto: deals.merged, others }, book, context);
  await writeType(tx, deals, before, planContext, (decision) => derived.get(decision.id) ?? {});
  await setColumn(tx, "deals", "merged_into", context.connectionId, deals.merges);
  return { plans: [entries, deals], blocks };
}

/** Deals whose log changed, before or after. */
function relogged(entries: TypePlan, before: ReadonlyMap<string, SqlRow>): readonly string[] {
  const ids = new Set<string>();
  for (const { id, row } of entries.decisions) {
    for (const version of [row, before.get(id)]) if (version !== null && version !== undefined) ids.add(String(version["deal_id"]));
  }
  return [...ids];
}

/** The log a source without one would have kept. */
async function keepObserved(tx: WriteTx, deals: TypePlan, before: ReadonlyMap<string, SqlRow>, context: ApplyContext): Promise<void> {
  const seen = deals.decisions.flatMap((decision) => {
    const row = before.get(decision.id);
    return row === undefined || decision.kind !== "change" ? [] : [observe(decision, row, context.now)];
  });
  await append(
    tx,
    "deal_stage_entries",
    seen.flatMap((one) => one.entries),
    context.connectionId,
  );
  await append(
    tx,
    "deal_changes",
    seen.flatMap((one) => one.changes),
    context.connectionId,
  );
}

async function append(
  tx: WriteTx,
  table: "deal_stage_entries" | "deal_changes",
  rows: readonly SqlRow[],
  connectionId: string,
): Promise<void> {
  const key = ["connection_id", "source_id"];
  const whole: readonly SqlRow[] = rows.map((row) => ({ connection_id: connectionId, ...row }));
  // The assumed beginning is written once; later changes must not move it.
  await upsertRows(
    tx,
    { table, key, keep: Object.keys(whole[0] ?? {}) },
    whole.filter((row) => row["basis"] === "created"),
  );
  await upsertRows(
    tx,
    { table, key, keep: ["first_seen_at"] },
    whole.filter((row) => row["basis"] === "observed"),
  );
}
