import { csvLine } from "#core/csv.ts";
import type { Unit } from "#core/metric.ts";
import type { MetricsDocument, MetricsRow } from "#metrics/query.ts";
import type { Style } from "./app.ts";
import { bar, harmless, table } from "./text.ts";

const BAR_COLUMNS = 12;

/** Values as a table for people: one line per row, a small bar against the largest of the same KPI. */
export function metricsTable(document: MetricsDocument, by: readonly string[], style: Style): string {
  if (document.rows.length === 0) return "No rows.";
  const largest = new Map<string, number>();
  for (const row of document.rows) largest.set(row.metric, Math.max(largest.get(row.metric) ?? 0, Math.abs(row.value ?? 0)));
  const columns = [
    { title: "KPI" },
    ...by.map((name) => ({ title: name })),
    { title: "period" },
    { title: "value", align: "right" as const },
    { title: "" },
    { title: "n", align: "right" as const },
    { title: "notes" },
  ];
  return table(
    columns,
    document.rows.map((row) => [
      row.metric,
      ...by.map((name) => harmless(row.by[name] ?? "")),
      periodText(row),
      valueText(row, document.currency),
      style.cyan(bar(row.value === null ? 0 : Math.abs(row.value) / (largest.get(row.metric) || 1), BAR_COLUMNS)),
      String(row.n),
      style.dim(notes(row)),
    ]),
  );
}

function periodText({ period }: MetricsRow): string {
  if (period === null) return "now";
  return period.grain === "range" ? `${period.start} – ${period.end}` : `${period.grain} ${period.start}`;
}

/** The number in its unit; "no data" where there is none. */
export function valueText(row: Pick<MetricsRow, "value" | "unit">, currency: string): string {
  if (row.value === null) return "no data";
  return numberText(row.value, row.unit, currency);
}

function numberText(value: number, unit: Unit, currency: string): string {
  switch (unit) {
    case "money":
      return new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "code" }).format(value);
    case "money_per_day":
      return `${new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "code" }).format(value)}/d`;
    case "ratio":
      return `${(value * 100).toFixed(1)} %`;
    case "ratio_per_period":
      return `${(value * 100).toFixed(1)} % per period`;
    case "count":
      return new Intl.NumberFormat("en").format(value);
    case "days":
      return `${value.toFixed(1)} d`;
    case "hours":
      return `${value.toFixed(1)} h`;
    case "times":
      return `${value.toFixed(2)} ×`;
    case "points":
      return value.toFixed(1);
  }
}

function notes(row: MetricsRow): string {
  const interval = row.interval === null ? [] : [`95 %: ${(row.interval[0] * 100).toFixed(0)}–${(row.interval[1] * 100).toFixed(0)} %`];
  const parts = Object.entries(row.parts ?? {}).flatMap(([name, value]) =>
    value === null || value === 0 ? [] : [`${name} ${round(value)}`],
  );
  return [...row.flags, ...interval, ...parts].join(", ");
}

function round(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

/** The same as CSV, one line per row. */
export function metricsCsv(document: MetricsDocument, by: readonly string[]): string {
  const parts = [...new Set(document.rows.flatMap((row) => Object.keys(row.parts ?? {})))].sort();
  const head = [
    "metric",
    ...by,
    "grain",
    "start",
    "end",
    "value",
    "numerator",
    "denominator",
    "n",
    "interval_low",
    "interval_high",
    "unit",
    "flags",
  ];
  const lines = document.rows.map((row) => [
    row.metric,
    ...by.map((name) => row.by[name] ?? ""),
    ...[row.period?.grain ?? null, row.period?.start ?? null, row.period?.end ?? null],
    ...[row.value, row.numerator, row.denominator, row.n, row.interval?.[0] ?? null, row.interval?.[1] ?? null],
    row.unit,
    row.flags.join(" "),
    ...parts.map((name) => row.parts?.[name] ?? null),
  ]);
  return [[...head, ...parts], ...lines].map(csvLine).join("");
}
