import { zone } from "#core/time/zone.ts";
import type { ApplyContext } from "./apply-context.ts";
import type { SqlRow } from "./bulk.ts";
import { type DealDays, dealBlocks, type StayDays } from "./dirty.ts";
import type { Decision } from "./fold.ts";
import { dealOutcome, outcomeOf, overrideOf, type StageBook } from "./stage-book.ts";
import { deriveStays, type StageLogRow } from "./stays.ts";
import { sameStays, stayRow } from "./stored-stays.ts";

/** A deal whose record, log or stages changed. */
export interface TouchedDeal {
  readonly id: string;
  /** What the page decided about the record; null: only its log or stages changed. */
  readonly decision: Decision | null;
  /** The row as stored; null: not here yet. */
  readonly before: SqlRow | null;
  readonly storedStays: readonly SqlRow[];
  readonly log: readonly StageLogRow[];
  readonly mergedInto: string | null;
}

/** What settling a deal comes to. */
export interface SettledDeal {
  /** The columns of records/deal.ts DERIVED_COLUMNS. */
  readonly derived: SqlRow;
  /** Null: as stored. */
  readonly stays: readonly SqlRow[] | null;
  /** The whole row, where the page itself writes none. */
  readonly rewrite: SqlRow | null;
  /** The version that the rewrite replaces for readers of the past: only where the outcome changed, the rest follows from the log. */
  readonly superseded: SqlRow | null;
  /** Blocks of the metrics engine in which its facts lie or lay (law 3). */
  readonly blocks: readonly string[];
}

export type SettleContext = Pick<ApplyContext, "connectionId" | "organization" | "stageOverrides" | "now">;

/** Derives everything about one deal from its record, log and stages (R9, R10, R16). Pure. */
export function settleDeal(touched: TouchedDeal, book: StageBook, context: SettleContext): SettledDeal {
  const { id, decision, before } = touched;
  const deal = decision?.row ?? before;
  const summary = deriveStays(touched.log, book, zone(context.organization.timeZone).dayOf);
  const rows = summary.stays.map((stay) => stayRow(context.connectionId, id, stay));
  const stays = sameStays(rows, touched.storedStays) ? null : rows;
  if (deal === null) return { derived: {}, stays, rewrite: null, superseded: null, blocks: [] };
  const running = summary.stays.at(-1);
  // A log that ends in another stage than the deal is in lags behind: since when it is there is not known.
  const isCurrent = running !== undefined && running.stageId === deal["stage_id"] && running.pipelineId === deal["pipeline_id"];
  const outcome = outcomeNow(deal, book, context);
  const derived: SqlRow = {
    outcome,
    stage_entered_at: isCurrent ? running.enteredAt : null,
    stage_closed_at: outcome === "open" ? null : summary.closedAt,
    reopen_count: summary.reopenCount,
    born_closed: summary.bornClosed ? 1 : 0,
    merged_into: touched.mergedInto,
  };
  const isRewritten = decision === null && before !== null && Object.entries(derived).some(([column, value]) => before[column] !== value);
  const isTold = decision !== null || isRewritten || stays !== null;
  return {
    derived,
    stays,
    rewrite: isRewritten ? rewritten(before, derived, context.now) : null,
    superseded: isRewritten && before["outcome"] !== outcome ? before : null,
    blocks: isTold ? [...blocksOf(before, touched.storedStays), ...blocksOf(after(touched, deal, derived), rows)] : [],
  };
}

function outcomeNow(deal: SqlRow, book: StageBook, context: SettleContext): string {
  const [pipelineId, stageId] = [String(deal["pipeline_id"]), String(deal["stage_id"])];
  const verdict = deal["crm_outcome"] ?? null;
  const override = overrideOf(context.stageOverrides, context.connectionId, pipelineId, stageId);
  return dealOutcome(override, verdict === null ? null : outcomeOf(String(verdict)), book.now(pipelineId, stageId));
}

function rewritten(before: SqlRow, derived: SqlRow, now: string): SqlRow {
  const isNewVersion = before["outcome"] !== derived["outcome"] && String(before["changed_seen_at"]) < now;
  return { ...before, ...derived, changed_seen_at: isNewVersion ? now : (before["changed_seen_at"] ?? now) };
}

/** What the blocks of the deal as it will be depend on. */
function after({ decision, before }: TouchedDeal, deal: SqlRow, derived: SqlRow): SqlRow {
  return {
    created_day: deal["created_day"] ?? null,
    close_day: deal["close_day"] ?? null,
    stage_closed_at: derived["stage_closed_at"] ?? null,
    outcome: derived["outcome"] ?? null,
    deleted_seen_at: decision === null ? (before?.["deleted_seen_at"] ?? null) : decision.deletedAt,
  };
}

function blocksOf(deal: SqlRow | null, stays: readonly SqlRow[]): Iterable<string> {
  if (deal === null || deal["deleted_seen_at"] !== null) return [];
  return dealBlocks(deal as unknown as DealDays, stays as unknown as readonly StayDays[]);
}
