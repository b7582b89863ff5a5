import type { AsOf, Dependency, Metric, Span } from "#core/metric.ts";
import type { Organization } from "#core/organization.ts";
import { addDays, type Day, dayFromNumber, dayNumber } from "#core/time/day.ts";
import { type Grain, type Period, periodOf, periodsBetween, previousPeriod } from "#core/time/period.ts";
import { asOfAt, type Comparison, endOfDay, type Question } from "./request.ts";

/** Where a value looks: a span of days for flows, a moment for stock. */
export interface Window {
  readonly key: string;
  /** Null: a stock without a period. */
  readonly span: Span | null;
  /** Days that count, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly asOf: AsOf;
  /** The period was still running at the as-of, or was cut off (R8). */
  readonly isPartial: boolean;
}

/** The windows of a KPI for a question, oldest first. */
export function windowsOf(metric: Metric, question: Question, organization: Organization): readonly Window[] {
  if (metric.anchor === "as_of" && question.grains.length === 0) return [momentWindow(question.asOf)];
  const spans = spansOf(metric, question, organization);
  if (metric.anchor !== "as_of") return spans.map(({ span, isCut }) => flowWindow(span, question.asOf, isCut));
  return spans
    .filter(({ span }) => dayNumber(span.start) <= question.asOf.day)
    .map(({ span }) => stockWindow(span, question.asOf, organization));
}

function spansOf(metric: Metric, question: Question, organization: Organization): readonly { span: Span; isCut: boolean }[] {
  const { asOf, from } = question;
  const today = dayFromNumber(asOf.day);
  if (from === null) {
    const usual: Grain = metric.anchor === "target" ? "fiscal_quarter" : "quarter";
    const grains = question.grains.length === 0 ? [usual] : question.grains;
    return grains.map((grain) => ({ span: periodOf(today, grain, organization.periods), isCut: false }));
  }
  const to = question.to ?? addDays(today, 1);
  if (question.grains.length === 0) return [{ span: { grain: "range", start: from, end: to }, isCut: false }];
  return question.grains.flatMap((grain) => periodsBetween(from, to, grain, organization.periods).map((period) => clip(period, from, to)));
}

function clip(period: Period, from: Day, to: Day): { span: Span; isCut: boolean } {
  const start = period.start < from ? from : period.start;
  const end = period.end > to ? to : period.end;
  return { span: { grain: period.grain, start, end }, isCut: start !== period.start || end !== period.end };
}

export function flowWindow(span: Span, asOf: AsOf, isCut = false): Window {
  const start = dayNumber(span.start);
  const end = dayNumber(span.end);
  const isRunning = start <= asOf.day && end > asOf.day + 1;
  return { key: `${span.grain}:${span.start}:${span.end}@${asOf.instant}`, span, start, end, asOf, isPartial: isCut || isRunning };
}

function momentWindow(asOf: AsOf): Window {
  return { key: `@${asOf.instant}`, span: null, start: asOf.day, end: asOf.day + 1, asOf, isPartial: false };
}

/** Stock of a period: as of its end, or of the as-of while it is running (R19). */
function stockWindow(span: Span, asOf: AsOf, organization: Organization): Window {
  if (dayNumber(span.end) <= asOf.day) return stockAt(span, span.end, asOf, organization);
  const isPartial = dayNumber(span.end) > asOf.day + 1;
  return { key: `${span.grain}:${span.start}:${span.end}@${asOf.instant}`, span, start: asOf.day, end: asOf.day + 1, asOf, isPartial };
}

/** Stock as of the moment, as the value of its day. */
export function windowOfDay(asOf: AsOf): Window {
  const start = dayFromNumber(asOf.day);
  return { ...momentWindow(asOf), span: { grain: "day", start, end: addDays(start, 1) } };
}

/** Stock at the end of the day before `end`. */
function stockAt(span: Span, end: Day, asOf: AsOf, organization: Organization): Window {
  const at = asOfAt(endOfDay(addDays(end, -1), organization), organization, asOf.knownAt);
  return { key: `${span.grain}:${span.start}:${span.end}@${at.instant}`, span, start: at.day, end: at.day + 1, asOf: at, isPartial: false };
}

/** Where a dependency looks from a window of the KPI that needs it. */
export function dependencyWindow(dependency: Dependency, on: Metric, window: Window, organization: Organization): Window {
  const { asOf, span } = window;
  switch (dependency.over) {
    case "period":
      return periodsBack(window, dependency.back ?? 0, organization);
    case "as_of":
      return span === null ? window : on.anchor === "as_of" ? stockWindow(span, asOf, organization) : window;
    case "trailing_4_quarters": {
      const quarter = periodOf(dayFromNumber(asOf.day), "quarter", organization.periods);
      let start = quarter;
      for (let back = 0; back < 4; back += 1) start = previousPeriod(start, organization.periods);
      return flowWindow({ grain: "range", start: start.start, end: quarter.start }, asOf);
    }
    case "previous":
      return earlierWindow("previous", on, window, organization);
  }
}

function periodsBack(window: Window, back: number, organization: Organization): Window {
  if (back === 0 || window.span === null) return window;
  let { span } = window;
  for (let step = 0; step < back; step += 1) span = earlierSpan("previous", span, organization);
  return flowWindow(span, window.asOf);
}

/** The equal elapsed part of the period before, or of the same period a year earlier (R8). */
export function earlierWindow(comparison: Comparison, metric: Metric, window: Window, organization: Organization): Window {
  const { asOf, span } = window;
  if (span === null) return window;
  const before = earlierSpan(comparison, span, organization);
  const isWhole = dayNumber(span.end) <= asOf.day + 1;
  const elapsed = Math.max(asOf.day + 1 - dayNumber(span.start), 0);
  const end = isWhole ? before.end : dayFromNumber(Math.min(dayNumber(before.start) + elapsed, dayNumber(before.end)));
  if (metric.anchor === "as_of") return stockAt(before, end, asOf, organization);
  return { ...flowWindow({ ...before, end }, asOf), isPartial: false };
}

function earlierSpan(comparison: Comparison, span: Span, organization: Organization): Span {
  if (comparison === "last-year") return { grain: span.grain, start: lastYear(span.start), end: lastYear(span.end) };
  if (span.grain === "range") return { grain: "range", start: shiftBack(span, span.start), end: span.start };
  return periodOf(addDays(span.start, -1), span.grain, organization.periods);
}

/** As many days earlier as the span is long. */
function shiftBack(span: Span, day: Day): Day {
  return addDays(day, dayNumber(span.start) - dayNumber(span.end));
}

/** The same day a year earlier; 29 February becomes the 28th. */
function lastYear(day: Day): Day {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, "0");
  const same = `${year}${day.slice(4)}`;
  return (same.endsWith("02-29") ? `${year}-02-28` : same) as Day;
}
