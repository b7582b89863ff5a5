import { expect, test } from "vitest";
import { metricsCsv, metricsTable } from "#cli/metrics-text.ts";
import type { MetricsDocument, MetricsRow } from "#metrics/query.ts";

const plain = (text: string): string => text;
const style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
const row = (more: Partial<MetricsRow>): MetricsRow => ({
  metric: "win_rate",
  by: { team: "East" },
  period: { grain: "quarter", start: "2026-04-01", end: "2026-07-01" },
  value: 0.5,
  numerator: 5,
  denominator: 10,
  n: 10,
  interval: [0.24, 0.76],
  unit: "ratio",
  parts: null,
  flags: [],
  ...more,
});
const document = (rows: readonly MetricsRow[]): MetricsDocument => ({
  schema: "scorekeeper.metrics/1",
  asOf: "",
  knownAt: null,
  currency: "EUR",
  rows,
});

test("a table shows values with bars against the largest, and says no data in words", () => {
  const text = metricsTable(
    document([row({}), row({ by: { team: "West\u001b[31m" }, value: null, flags: ["zero_denominator"], interval: null })]),
    ["team"],
    style,
  );
  expect(text).toContain("50.0 %  ████████████");
  expect(text).toContain("no data");
  expect(text).toContain("zero_denominator");
  expect(text).not.toContain("\u001b");
});

test("CSV has one line per row; formula-like names are made harmless", () => {
  const csv = metricsCsv(document([row({ by: { team: "=cmd()" }, parts: { previous: 0.4 } })]), ["team"]);
  expect(csv.split("\r\n")[0]).toBe(
    "metric,team,grain,start,end,value,numerator,denominator,n,interval_low,interval_high,unit,flags,previous",
  );
  expect(csv.split("\r\n")[1]).toBe("win_rate,'=cmd(),quarter,2026-04-01,2026-07-01,0.5,5,10,10,0.24,0.76,ratio,,0.4");
});
