import { describe, expect, test } from "vitest";
import { isAppError } from "#core/errors.ts";
import { type MetricsRequest, type QueryContext, readRequest } from "#metrics/request.ts";
import { windowsOf } from "#metrics/windows.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { organization } from "../../support/metric-world.ts";

const context: QueryContext = { organization: organization(), clock: manualClock(), dimensions: ["industry"] };

function refusal(request: MetricsRequest, changes: Partial<QueryContext> = {}): string {
  try {
    readRequest(request, { ...context, ...changes });
  } catch (error) {
    if (isAppError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("what makes no sense is refused with the nearest valid word", () => {
  test.each<[string, MetricsRequest, RegExp]>([
    ["an unknown KPI", { metrics: ["winrate"] }, /metrics\.unknown_metric: .*'win_rate'/],
    ["an unknown dimension", { metrics: ["win_rate"], by: ["manger"] }, /metrics\.unknown_dimension: .*'manager'/],
    ["an unknown grain", { metrics: ["win_rate"], grains: ["quater"] }, /metrics\.unknown_grain: .*'quarter'/],
    ["an unknown filter", { metrics: ["win_rate"], where: [{ dimension: "tem", value: "x" }] }, /metrics\.unknown_dimension: .*'team'/],
    ["an unknown comparison", { metrics: ["win_rate"], compare: ["last-yaer"] }, /metrics\.unknown_comparison: .*'last-year'/],
    ["an earlier state of knowledge", { metrics: ["win_rate"], knownAt: "2026-01-01" }, /metrics\.known_at_unavailable/],
    ["no KPI", { metrics: [] }, /metrics\.no_metric/],
    ["stock over a span", { metrics: ["open_deals"], from: "2026-01-01", to: "2026-02-01" }, /metrics\.stock_over_range: open_deals/],
    ["a quota by product", { metrics: ["quota_attainment"], by: ["product"] }, /metrics\.dimension_refused/],
    ["a span that ends before it begins", { metrics: ["win_rate"], from: "2026-02-01", to: "2026-02-01" }, /metrics\.bad_range/],
    ["an end without a beginning", { metrics: ["win_rate"], to: "2026-02-01" }, /metrics\.bad_range/],
    ["a day that does not exist", { metrics: ["win_rate"], from: "2026-02-30" }, /metrics\.bad_day/],
    ["a moment without zone", { metrics: ["win_rate"], asOf: "2026-02-01T10:00:00" }, /metrics\.bad_moment/],
  ])("%s", (_what, request, expected) => expect(refusal(request)).toMatch(expected));

  test("rep, where results are kept by team", () => {
    expect(refusal({ metrics: ["win_rate"], by: ["rep"] }, { peopleLevel: "team" })).toMatch(/metrics\.people_level/);
    expect(refusal({ metrics: ["win_rate"], where: [{ dimension: "rep", value: "a" }] }, { peopleLevel: "team" })).toMatch(/people_level/);
  });

  test("configured dimensions are known", () => expect(refusal({ metrics: ["win_rate"], by: ["industry"] })).toBe("accepted"));
});

function windows(request: MetricsRequest, of: Partial<Parameters<typeof organization>[0]> = {}) {
  const own = { ...context, organization: organization(of) };
  const question = readRequest(request, own);
  return question.metrics
    .flatMap((metric) => windowsOf(metric, question, own.organization))
    .map(({ span, isPartial }) => ({ ...span, isPartial }));
}

describe("R6: periods", () => {
  test("without a period a flow is of the running quarter, a stock of the moment, a quota of the fiscal quarter", () => {
    expect(windows({ metrics: ["won_deals"], asOf: "2026-05-10" })).toEqual([
      { grain: "quarter", start: "2026-04-01", end: "2026-07-01", isPartial: true },
    ]);
    expect(windows({ metrics: ["open_deals"] })).toEqual([{ isPartial: false }]);
    const fiscal = { periods: { fiscalYearStartMonth: 2, weekStartsOn: 1 } };
    expect(windows({ metrics: ["quota"], asOf: "2026-05-10" }, fiscal)).toMatchObject([
      { grain: "fiscal_quarter", start: "2026-05-01", end: "2026-08-01" },
    ]);
  });

  test("a span is half-open and cuts the periods at its ends", () => {
    expect(windows({ metrics: ["won_deals"], grains: ["month"], from: "2026-01-15", to: "2026-03-01" })).toEqual([
      { grain: "month", start: "2026-01-15", end: "2026-02-01", isPartial: true },
      { grain: "month", start: "2026-02-01", end: "2026-03-01", isPartial: false },
    ]);
    expect(windows({ metrics: ["won_deals"], from: "2026-01-15", to: "2026-03-01" })).toMatchObject([
      { grain: "range", start: "2026-01-15" },
    ]);
  });

  test("R8: the as-of day counts in full, so a quarter is over on its last day", () => {
    expect(windows({ metrics: ["won_deals"], asOf: "2026-06-30" })).toMatchObject([{ isPartial: false }]);
    expect(windows({ metrics: ["won_deals"], asOf: "2026-06-29" })).toMatchObject([{ isPartial: true }]);
  });

  test("a day as as-of ends in the organisation's zone", () => {
    const tokyo = { ...context, organization: organization({ timeZone: "Asia/Tokyo" }) };
    expect(readRequest({ metrics: ["won_deals"], asOf: "2026-03-31" }, tokyo).asOf.instant).toBe("2026-03-31T14:59:59.999Z");
  });
});
