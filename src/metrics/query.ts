import type { Flag, Metric, Parts, Unit, Value } from "#core/metric.ts";
import { toMajor } from "#core/money.ts";
import type { Grain } from "#core/time/period.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { type AnswerRow, answer } from "./answer.ts";
import { type MetricsRequest, type QueryContext, readRequest } from "./request.ts";

export interface MetricsDeps extends QueryContext {
  readonly warehouse: Warehouse;
}

/** The document of `metrics query` (product contract, `scorekeeper.metrics/1`). */
export type MetricsDocument = {
  readonly schema: "scorekeeper.metrics/1";
  readonly asOf: string;
  readonly knownAt: string | null;
  readonly currency: string;
  readonly rows: readonly MetricsRow[];
};

export type MetricsRow = {
  readonly metric: string;
  readonly by: Readonly<Record<string, string>>;
  /** Null: a stock as of the moment. `range`: the days asked for. `end` is exclusive. */
  readonly period: { readonly grain: Grain | "range"; readonly start: string; readonly end: string } | null;
  /** Money in major units. Null: no data; the first flag says why. */
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly unit: Unit;
  readonly parts: Parts | null;
  readonly flags: readonly Flag[];
};

/** Answers a question about KPIs. Throws `metrics.*` (naming the nearest valid word) for one that makes no sense. */
export async function queryMetrics(deps: MetricsDeps, request: MetricsRequest): Promise<MetricsDocument> {
  const question = readRequest(request, deps);
  const rows = await deps.warehouse.read((db) => answer(db, question, deps));
  const { currency } = deps.organization;
  return {
    schema: "scorekeeper.metrics/1",
    asOf: question.asOf.instant,
    knownAt: question.asOf.knownAt,
    currency,
    rows: rows.map((row) => documentRow(row, currency)),
  };
}

function documentRow({ metric, by, window, value }: AnswerRow, currency: string): MetricsRow {
  const { span } = window;
  return {
    metric: metric.key,
    by,
    period: span === null ? null : { grain: span.grain, start: span.start, end: span.end },
    ...presented(metric, value, currency),
  };
}

/** A value as it is shown: money in major units. */
export function presented(metric: Metric, value: Value, currency: string): Omit<MetricsRow, "metric" | "by" | "period"> {
  const shown = (number: number | null, unit: Unit | undefined): number | null =>
    number === null || (unit !== "money" && unit !== "money_per_day") ? number : toMajor(number, currency);
  const parts =
    value.parts === null ? null : Object.entries(value.parts).map(([name, part]) => [name, shown(part, partUnit(metric, name))]);
  return {
    value: value.state === "ok" ? shown(value.value, metric.unit) : null,
    numerator: shown(value.numerator, metric.numeratorUnit),
    denominator: shown(value.denominator, metric.denominatorUnit),
    n: value.n,
    interval: value.state === "ok" ? value.interval : null,
    unit: metric.unit,
    parts: parts === null ? null : Object.fromEntries(parts),
    flags: value.flags,
  };
}

const COMPARED = new Set(["previous", "previous_change", "last_year", "last_year_change"]);

function partUnit(metric: Metric, name: string): Unit | undefined {
  return metric.partUnits?.[name] ?? (COMPARED.has(name) ? metric.unit : undefined);
}
