import type { DealFact, StayFact } from "#core/facts.ts";
import type { BuiltInDimension, Classification, DerivedMetric, FactMetric } from "#core/metric.ts";
import { DIMENSIONS } from "#core/metric.ts";
import { GRAINS } from "#core/time/period.ts";
import { cycleDays, LONGEST_DAYS } from "./shapes.ts";

/** Dimensions of anything that hangs on a deal. */
export const DEAL_DIMENSIONS: readonly BuiltInDimension[] = DIMENSIONS;
/** Dimensions of people, for quotas: a target belongs to somebody, not to a product. */
export const PEOPLE_DIMENSIONS: readonly BuiltInDimension[] = ["rep", "team", "manager", "region", "territory"];

/** What KPIs by close date have in common. */
export const BY_CLOSE_DATE = {
  version: 1,
  reads: "closedDeals",
  anchor: "closed",
  credit: "owner_at_close",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
  ages: "never",
} as const satisfies Partial<FactMetric<"closedDeals">>;

/** What stock KPIs have in common. */
export const STOCK = {
  version: 1,
  reads: "openDeals",
  anchor: "as_of",
  credit: "owner_at_as_of",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
  ages: "daily",
} as const satisfies Partial<FactMetric<"openDeals">>;

/** What KPIs of open deals by expected close date have in common. */
export const DUE = {
  version: 1,
  reads: "dueDeals",
  anchor: "due",
  credit: "owner_at_as_of",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
  ages: "daily",
} as const satisfies Partial<FactMetric<"dueDeals">>;

/** What KPIs of stays, by the day they began, have in common. */
export const BY_ENTRY = {
  version: 1,
  reads: "entries",
  anchor: "entered",
  credit: "owner_at_entry",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
  ages: "never",
} as const satisfies Partial<FactMetric<"entries">>;

/** What KPIs of creation cohorts have in common. */
export const BY_CREATION = {
  version: 1,
  reads: "createdDeals",
  anchor: "created",
  credit: "owner_at_creation",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
} as const satisfies Partial<FactMetric<"createdDeals">>;

/** What KPIs of stays, by the day they ended, have in common. */
export const BY_LEAVING = {
  version: 1,
  reads: "stays",
  anchor: "left",
  credit: "owner_at_leaving",
  grains: GRAINS,
  dimensions: DEAL_DIMENSIONS,
  status: "active",
  ages: "never",
} as const satisfies Partial<FactMetric<"stays">>;

/** What KPIs of quotas have in common. */
export const BY_TARGET = {
  version: 1,
  anchor: "target",
  credit: "target_holder",
  grains: GRAINS,
  dimensions: PEOPLE_DIMENSIONS,
  additivity: "non_additive",
  status: "active",
  ages: "never",
} as const satisfies Partial<DerivedMetric>;

export const BOTH: Classification = { in: "both" };
export const DENOMINATOR: Classification = { in: "denominator" };
const OUT_LOST: Classification = { out: "lost" };
const OUT_WON: Classification = { out: "won" };
const OUT_DISQUALIFIED: Classification = { out: "disqualified" };
const OUT_OPEN: Classification = { out: "open" };

/** Won deals count; the others are out as what they are. */
export function onlyWon({ deal }: DealFact): Classification {
  if (deal.outcome === "won") return BOTH;
  return deal.outcome === "lost" ? OUT_LOST : deal.outcome === "open" ? OUT_OPEN : OUT_DISQUALIFIED;
}

export function onlyLost({ deal }: DealFact): Classification {
  if (deal.outcome === "lost") return BOTH;
  return deal.outcome === "won" ? OUT_WON : deal.outcome === "open" ? OUT_OPEN : OUT_DISQUALIFIED;
}

const OUT_BORN_CLOSED: Classification = { out: "born_closed" };
export const UNDATED: Classification = { out: "undated" };
const OUT_NEGATIVE: Classification = { out: "negative_duration" };
const OUT_IMPLAUSIBLE: Classification = { out: "implausible_duration" };

/** Won deals with a cycle that can be believed (R10, R18). */
export function wonCycle(fact: DealFact): Classification {
  const won = onlyWon(fact);
  return "out" in won ? won : believableCycle(fact);
}

export function believableCycle(fact: DealFact): Classification {
  if (fact.deal.bornClosed) return OUT_BORN_CLOSED;
  const days = cycleDays(fact);
  if (days === null) return UNDATED;
  return believableDays(days);
}

export function believableDays(days: number): Classification {
  if (days < 0) return OUT_NEGATIVE;
  return days > LONGEST_DAYS ? OUT_IMPLAUSIBLE : BOTH;
}

export function notBornClosed({ deal }: DealFact): Classification {
  return deal.bornClosed ? OUT_BORN_CLOSED : BOTH;
}

const OUT_RUNNING: Classification = { out: "still_running" };
const OUT_NO_HISTORY: Classification = { out: "no_history" };

/** Stays that ended and whose beginning was recorded. */
export function settledStay({ stay }: StayFact): Classification {
  if (stay.leftDay === null) return OUT_RUNNING;
  return stay.days === null ? OUT_NO_HISTORY : believableDays(stay.days);
}
