import { describe, expect, test } from "vitest";
import { METRICS } from "#metrics/registry.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";
import type { DealSpec, World } from "../../support/metric-world.ts";

/** The first quarter, seen from the middle of the year: long enough for every window. */
const QUARTER = { grains: ["quarter"], from: "2026-01-01", to: "2026-04-01" };
const NOW = "2026-07-15T12:00:00.000Z";

/** Open from 5 January, Proposal from 15 January, won on 10 February for 100. */
const WON: DealSpec = {
  id: "won",
  created: "2026-01-05",
  close: "2026-02-10",
  source: "web",
  log: [
    ["2026-01-05", "discovery"],
    ["2026-01-15", "proposal"],
    ["2026-02-10", "won"],
  ],
};
const LOST: DealSpec = {
  ...WON,
  id: "lost",
  lossReason: "price",
  log: [
    ["2026-01-05", "discovery"],
    ["2026-02-10", "lost"],
  ],
};
const OPEN: DealSpec = { id: "open", created: "2026-01-05", close: "2026-03-20", probability: 0.5, log: [["2026-01-05", "discovery"]] };
/** Won, open again, lost: one closing, the last. */
const REOPENED: DealSpec = {
  ...WON,
  id: "reopened",
  close: "2026-03-20",
  log: [
    ["2026-01-05", "discovery"],
    ["2026-02-10", "won"],
    ["2026-02-20", "proposal"],
    ["2026-03-20", "lost"],
  ],
};
/** The last instant of the quarter: 31 March, 23:59:59.999. */
const AT_THE_EDGE: DealSpec = {
  ...WON,
  id: "edge",
  created: "2026-03-31T23:59:59.999Z",
  close: "2026-03-31",
  log: [
    ["2026-03-31T23:59:59.998Z", "discovery"],
    ["2026-03-31T23:59:59.999Z", "won"],
  ],
};
/** The first instant after it. */
const PAST_THE_EDGE: DealSpec = {
  ...AT_THE_EDGE,
  id: "past",
  created: "2026-04-01T00:00:00.000Z",
  close: "2026-04-01",
  log: [
    ["2026-04-01T00:00:00.000Z", "discovery"],
    ["2026-04-01T00:00:00.001Z", "won"],
  ],
};

interface Expected {
  /** WON alone. */
  readonly one: number | null;
  /** WON without an amount. */
  readonly blank: number | null;
  /** REOPENED alone. */
  readonly reopened: number | null;
  /** AT_THE_EDGE and PAST_THE_EDGE: the first is of the quarter, the second is not. */
  readonly edge: number | null;
  /** WON, LOST and OPEN together. */
  readonly mixed: number | null;
}

/** Worked out by hand. Stock is as of the end of the quarter, 31 March; OPEN has then been open for 85 days. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  won_amount: { one: 100, blank: 0, reopened: 0, edge: 100, mixed: 100 },
  won_deals: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 1 },
  lost_deals: { one: 0, blank: 0, reopened: 1, edge: 0, mixed: 1 },
  win_rate: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 0.5 },
  win_rate_value: { one: 1, blank: null, reopened: 0, edge: 1, mixed: 0.5 },
  close_rate: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 1 / 3 },
  win_rate_within_30: { one: 0, blank: 0, reopened: 0, edge: 1, mixed: 0 },
  win_rate_within_60: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 1 / 3 },
  win_rate_within_90: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 1 / 3 },
  win_rate_within_120: { one: 1, blank: 1, reopened: 0, edge: null, mixed: 1 / 3 },
  win_incidence: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 1 / 3 },
  loss_reasons: { one: null, blank: null, reopened: 0, edge: null, mixed: 1 },
  avg_deal_size: { one: 100, blank: null, reopened: null, edge: 100, mixed: 100 },
  avg_deal_size_median: { one: 100, blank: null, reopened: null, edge: 100, mixed: 100 },
  avg_deal_size_trend: { one: null, blank: null, reopened: null, edge: null, mixed: null },
  revenue_growth: { one: null, blank: null, reopened: null, edge: null, mixed: null },
  revenue_concentration: { one: 1, blank: null, reopened: null, edge: 1, mixed: 1 },
  sales_cycle_days: { one: 36, blank: 36, reopened: null, edge: 0, mixed: 36 },
  sales_cycle_days_median: { one: 36, blank: 36, reopened: null, edge: 0, mixed: 36 },
  sales_cycle_days_p90: { one: 36, blank: 36, reopened: null, edge: 0, mixed: 36 },
  time_to_close_median_km: { one: 36, blank: 36, reopened: 74, edge: 0, mixed: 36 },
  open_age_days: { one: null, blank: null, reopened: null, edge: null, mixed: 85 },
  sales_velocity: { one: null, blank: null, reopened: null, edge: null, mixed: null },
  days_to_first_stage_move: { one: 10, blank: 10, reopened: 36, edge: 0, mixed: 23 },
  open_deals: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 1 },
  open_amount: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 100 },
  overdue_close_dates: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 1 },
  pipeline_created: { one: 100, blank: 0, reopened: 100, edge: 100, mixed: 300 },
  pipeline_created_deals: { one: 1, blank: 1, reopened: 1, edge: 1, mixed: 3 },
  born_closed: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 0 },
  open_amount_due: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 100 },
  weighted_pipeline: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 50 },
  avg_days_in_stage: { one: 18, blank: 18, reopened: 32, edge: 0, mixed: 24 },
  avg_days_in_stage_median: { one: 18, blank: 18, reopened: 32, edge: 0, mixed: 26 },
  avg_days_in_stage_p90: { one: 24.4, blank: 24.4, reopened: 35.2, edge: 0, mixed: 34 },
  stage_entries: { one: 3, blank: 3, reopened: 4, edge: 2, mixed: 6 },
  stage_stays: { one: 3, blank: 3, reopened: 4, edge: 2, mixed: 6 },
  cumulative_days_in_stage: { one: 18, blank: 18, reopened: 32, edge: 0, mixed: 24 },
  days_in_current_stage: { one: null, blank: null, reopened: null, edge: null, mixed: 85 },
  median_days_in_stage_km: { one: 10, blank: 10, reopened: 28, edge: 0, mixed: 26 },
  stage_conversion: { one: 1, blank: 1, reopened: 0.5, edge: 1, mixed: 0.5 },
  stage_dropoff: { one: 0, blank: 0, reopened: 0.5, edge: 0, mixed: 0.5 },
  funnel_leakage: { one: null, blank: null, reopened: 1, edge: null, mixed: 1 },
  // The four quarters before the as-of hold the first one and nothing else: 1 is as usual; stays of 0 days are no measure.
  bottleneck_score: { one: 1, blank: 1, reopened: 1, edge: null, mixed: 1 },
  stage_to_win_rate: { one: 1, blank: 1, reopened: 0, edge: 1, mixed: 2 / 3 },
  skip_rate: { one: 0, blank: 0, reopened: 1, edge: 1, mixed: 0 },
  backward_rate: { one: 0, blank: 0, reopened: 0, edge: 0, mixed: 0 },
  reopen_rate: { one: 0, blank: 0, reopened: 1, edge: 0, mixed: 0 },
  quota: { one: null, blank: null, reopened: null, edge: null, mixed: null },
  quota_attainment: { one: null, blank: null, reopened: null, edge: null, mixed: null },
  pipeline_coverage: { one: null, blank: null, reopened: null, edge: null, mixed: null },
};

const WORLDS: Readonly<Record<keyof Expected, readonly DealSpec[]>> = {
  one: [WON],
  blank: [{ ...WON, amount: null }],
  reopened: [REOPENED],
  edge: [AT_THE_EDGE, PAST_THE_EDGE],
  mixed: [WON, LOST, OPEN],
};

test("every KPI is worked out by hand", () => expect(Object.keys(EXPECTED).sort()).toEqual(METRICS.map((metric) => metric.key).sort()));

eachDatabase((_name, open) => {
  const answers = async (world: World): Promise<Record<string, number | null>> => {
    const ask = await asking(await open(), world, { now: NOW });
    const rows = await ask.rows({ ...QUARTER, metrics: METRICS.map((metric) => metric.key) });
    for (const row of rows) expect(row.value === null ? row.flags.length : Number.isFinite(row.value), row.metric).toBeTruthy();
    return Object.fromEntries(rows.map((row) => [row.metric, row.value]));
  };

  test("R2: an empty warehouse has counts and sums of 0 and no ratios", async () => {
    const found = await answers({});
    for (const metric of METRICS) {
      const isSum = metric.additivity !== "non_additive";
      expect(found[metric.key], metric.key).toBe(isSum ? 0 : null);
    }
  });

  describe.each(Object.keys(WORLDS) as (keyof Expected)[])("%s", (kind) => {
    test("values are those worked out by hand", async () => {
      const found = await answers({ deals: WORLDS[kind] });
      const wrong = METRICS.flatMap(({ key }) => {
        const [got, wanted] = [found[key] ?? null, EXPECTED[key]?.[kind] ?? null];
        const agrees = got === null || wanted === null ? got === wanted : Math.abs(got - wanted) < 1e-9;
        return agrees ? [] : [`${key}: ${got}, by hand ${wanted}`];
      });
      expect(wrong).toEqual([]);
    });
  });
});
