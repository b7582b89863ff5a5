import type { ReconcileRow } from "#core/connector.ts";
import { currencyExponent, toMinor } from "#core/money.ts";
import type { Outcome } from "#core/records.ts";
import type { Day } from "#core/time/day.ts";
import { type PeriodRules, periodOf } from "#core/time/period.ts";

/** Why a deal counts differently here and in the CRM. */
export const DIFFERENCE_REASONS = [
  "not_yet_synced",
  "deleted",
  "merged",
  "out_of_scope",
  "outcome_override",
  "outcome",
  "pipeline",
  "close_date",
  "currency",
  "amount",
] as const;
export type DifferenceReason = (typeof DIFFERENCE_REASONS)[number];

/** A deal as the warehouse has it. */
export interface OurDeal {
  readonly id: string;
  readonly pipelineId: string;
  readonly outcome: Outcome;
  /** What the CRM says without configured overrides. */
  readonly crmOutcome: Outcome | null;
  readonly closeDay: string | null;
  readonly amountMinor: number | null;
  readonly currency: string;
  readonly isDeleted: boolean;
  readonly mergedInto: string | null;
  readonly inScope: boolean;
  /** The CRM's stamp on the copy we hold. */
  readonly sourceUpdatedAt: string | null;
}

/** One line of the comparison: a pipeline, a fiscal quarter of the close date, an outcome and a currency. */
export interface TotalLine {
  readonly pipelineId: string;
  /** First day of the fiscal quarter; null: no close date. */
  readonly quarter: Day | null;
  readonly outcome: Outcome;
  readonly currency: string;
  readonly crm: Total;
  readonly ours: Total;
}

export interface Total {
  readonly count: number;
  readonly amountMinor: number;
}

export interface Difference {
  readonly dealId: string;
  readonly reason: DifferenceReason;
  /** What each side says of the field that differs; never a name. */
  readonly crm: string | null;
  readonly ours: string | null;
}

export interface ReconcileSettings {
  readonly currency: string;
  readonly periods: PeriodRules;
}

/** Compares deal by deal while both sides stream past; totals and differences come from the same rows, so they agree. */
export function reconciler(settings: ReconcileSettings) {
  const lines = new Map<string, { line: Omit<TotalLine, "crm" | "ours">; crm: [number, number]; ours: [number, number] }>();
  const differences: Difference[] = [];

  const add = (side: "crm" | "ours", facts: Omit<Facts, "updatedAt">): void => {
    const quarter = facts.closeDay === null ? null : periodOf(facts.closeDay as Day, "fiscal_quarter", settings.periods).start;
    const key = [facts.pipelineId, quarter, facts.outcome, facts.currency].join("\u0000");
    const entry = lines.get(key) ?? {
      line: { pipelineId: facts.pipelineId, quarter, outcome: facts.outcome, currency: facts.currency },
      crm: [0, 0],
      ours: [0, 0],
    };
    entry[side][0] += 1;
    entry[side][1] += facts.amountMinor ?? 0;
    lines.set(key, entry);
  };

  return {
    /** A deal the CRM lists, with ours beside it; undefined: we have never seen it. */
    both(theirs: ReconcileRow, ours: OurDeal | undefined): void {
      const crm = factsOf(theirs, settings.currency);
      add("crm", crm);
      if (ours !== undefined && counts(ours)) add("ours", ours);
      differences.push(...explain(crm, ours));
    },
    /** A deal of ours that the CRM no longer lists. */
    onlyOurs(ours: OurDeal): void {
      if (!counts(ours)) return;
      add("ours", ours);
      differences.push({ dealId: ours.id, reason: "deleted", crm: null, ours: ours.outcome });
    },
    finish(): { readonly lines: readonly TotalLine[]; readonly differences: readonly Difference[] } {
      const sorted = [...lines.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        lines: sorted.map(([, { line, crm, ours }]) => ({ ...line, crm: total(crm), ours: total(ours) })),
        differences,
      };
    },
  };
}

interface Facts {
  readonly id: string;
  readonly pipelineId: string;
  readonly outcome: Outcome;
  readonly closeDay: string | null;
  readonly amountMinor: number | null;
  readonly currency: string;
  readonly updatedAt: string | null;
}

function factsOf(row: ReconcileRow, organizationCurrency: string): Facts {
  const currency = row.currency ?? organizationCurrency;
  const minor = row.amountRaw === null ? null : toMinor(row.amountRaw, currencyExponent(currency));
  return { ...row, currency, amountMinor: minor?.state === "ok" ? minor.minor : null };
}

function counts(deal: OurDeal): boolean {
  return !deal.isDeleted && deal.mergedInto === null && deal.inScope;
}

function total([count, amountMinor]: readonly [number, number]): Total {
  return { count, amountMinor };
}

/** Every reason a deal differs, the one that takes it out altogether first and alone. */
function explain(crm: Facts, ours: OurDeal | undefined): readonly Difference[] {
  const one = (reason: DifferenceReason, theirs: unknown, own: unknown): Difference => ({
    dealId: crm.id,
    reason,
    crm: theirs === null ? null : String(theirs),
    ours: own === null ? null : String(own),
  });
  if (ours === undefined) return [one("not_yet_synced", crm.outcome, null)];
  if (ours.mergedInto !== null) return [one("merged", crm.outcome, ours.mergedInto)];
  if (ours.isDeleted) return [one("deleted", crm.outcome, null)];
  if (!ours.inScope) return [one("out_of_scope", crm.outcome, null)];
  const found = fieldDifferences(crm, ours, one);
  const isNewer = crm.updatedAt !== null && ours.sourceUpdatedAt !== null && crm.updatedAt > ours.sourceUpdatedAt;
  return isNewer ? found.map((difference) => ({ ...difference, reason: "not_yet_synced" })) : found;
}

function fieldDifferences(
  crm: Facts,
  ours: OurDeal,
  one: (reason: DifferenceReason, theirs: unknown, own: unknown) => Difference,
): readonly Difference[] {
  const found: Difference[] = [];
  if (crm.outcome !== ours.outcome) {
    const overridden = ours.crmOutcome === crm.outcome;
    found.push(one(overridden ? "outcome_override" : "outcome", crm.outcome, ours.outcome));
  }
  if (crm.pipelineId !== ours.pipelineId) found.push(one("pipeline", crm.pipelineId, ours.pipelineId));
  if (crm.closeDay !== ours.closeDay) found.push(one("close_date", crm.closeDay, ours.closeDay));
  if (crm.currency !== ours.currency) found.push(one("currency", crm.currency, ours.currency));
  else if (crm.amountMinor !== ours.amountMinor) found.push(one("amount", crm.amountMinor, ours.amountMinor));
  return found;
}
