import type { ApplyContext } from "./apply-context.ts";
import { lookUp, type SqlRow, upsertRows } from "./bulk.ts";
import { chunksOf } from "./chunks.ts";
import type { Decision } from "./fold.ts";
import { type SettledDeal, settleDeal } from "./settle-deal.ts";
import type { StageBook } from "./stage-book.ts";
import { replaceStays, stageLogs, storedStays } from "./stored-stays.ts";
import type { WriteTx } from "./warehouse.ts";
import { supersede } from "./write-type.ts";

/** Deals to settle: the page's own decisions, and ids of which only the log or the stages changed. */
export interface DealsToSettle {
  readonly decisions: readonly Decision[];
  /** Stored rows of changed and deleted deals. */
  readonly before: ReadonlyMap<string, SqlRow>;
  readonly mergedInto: ReadonlyMap<string, string>;
  readonly others: readonly string[];
}

/** Derived columns of the decided deals (which the caller writes with their rows), and the blocks dirty before and after. */
export interface SettledDeals {
  readonly derived: ReadonlyMap<string, SqlRow>;
  readonly blocks: ReadonlySet<string>;
}

/** Maintains stays and derived columns in the transaction that changed what they rest on. */
export async function settleDeals(tx: WriteTx, deals: DealsToSettle, book: StageBook, context: ApplyContext): Promise<SettledDeals> {
  const { connectionId } = context;
  const decided = new Map(deals.decisions.map((decision) => [decision.id, decision]));
  const others = deals.others.filter((id) => !decided.has(id));
  const ids = [...decided.keys(), ...others];
  const rows = new Map([...deals.before, ...(await dealRows(tx, connectionId, others))]);
  const hasLogs = await hasLog(tx, connectionId);
  const logs = hasLogs ? await stageLogs(tx, connectionId, ids) : new Map<string, never>();
  const stays = hasLogs ? await storedStays(tx, connectionId, ids) : new Map<string, never>();
  const settled = ids.map((id) => {
    const before = rows.get(id) ?? null;
    const mergedInto = deals.mergedInto.get(id) ?? textOf(before?.["merged_into"]);
    const touched = {
      id,
      decision: decided.get(id) ?? null,
      before,
      storedStays: stays.get(id) ?? [],
      log: logs.get(id) ?? [],
      mergedInto,
    };
    return [id, settleDeal(touched, book, context)] as const;
  });
  await write(tx, settled, stays, context);
  const blocks = new Set<string>();
  for (const [, deal] of settled) for (const block of deal.blocks) blocks.add(block);
  return { derived: new Map(settled.map(([id, deal]) => [id, deal.derived])), blocks };
}

async function write(
  tx: WriteTx,
  settled: readonly (readonly [string, SettledDeal])[],
  stays: ReadonlyMap<string, unknown>,
  context: ApplyContext,
): Promise<void> {
  const restayed = settled.filter(([, deal]) => deal.stays !== null);
  const outdated = restayed.map(([id]) => id).filter((id) => stays.has(id));
  await replaceStays(
    tx,
    context.connectionId,
    outdated,
    restayed.flatMap(([, deal]) => deal.stays ?? []),
  );
  await supersede(
    tx,
    "deals",
    settled.map(([, deal]) => deal.superseded).filter((row) => row !== null),
    context.now,
  );
  await upsertRows(
    tx,
    { table: "deals", key: ["connection_id", "source_id"], keep: ["first_seen_at"] },
    settled.map(([, deal]) => deal.rewrite).filter((row) => row !== null),
  );
}

/** Settles every deal that is or was in one of the pipelines: their stages mean something else now. */
export async function settlePipelines(
  tx: WriteTx,
  pipelines: readonly string[],
  book: StageBook,
  context: ApplyContext,
): Promise<ReadonlySet<string>> {
  const blocks = new Set<string>();
  if (pipelines.length === 0) return blocks;
  const now = await tx
    .selectFrom("deals")
    .select("source_id as id")
    .where("connection_id", "=", context.connectionId)
    .where("pipeline_id", "in", pipelines)
    .execute();
  const ever = await tx
    .selectFrom("deal_stage_entries")
    .select("deal_id as id")
    .distinct()
    .where("connection_id", "=", context.connectionId)
    .where("pipeline_id", "in", pipelines)
    .execute();
  const ids = [...new Set([...now, ...ever].map((row) => row.id))];
  for (const chunk of chunksOf(ids)) {
    const settled = await settleDeals(tx, { decisions: [], before: new Map(), mergedInto: new Map(), others: chunk }, book, context);
    for (const block of settled.blocks) blocks.add(block);
  }
  return blocks;
}

async function dealRows(tx: WriteTx, connectionId: string, ids: readonly string[]): Promise<readonly (readonly [string, SqlRow])[]> {
  const rows = await lookUp(tx, "deals", "*", connectionId, "source_id", ids);
  return rows.map((row) => [String(row["source_id"]), row]);
}

/** A source without a stage log has no stays either: nothing to look up for any deal. */
async function hasLog(tx: WriteTx, connectionId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("deal_stage_entries")
    .select("source_id")
    .where("connection_id", "=", connectionId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function textOf(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
