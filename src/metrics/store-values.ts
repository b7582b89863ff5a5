import type { AsOf, Dimension, Metric, Value } from "#core/metric.ts";
import { type Day, dayFromNumber } from "#core/time/day.ts";
import { type Grain, periodOf, previousPeriod } from "#core/time/period.ts";
import { readReference } from "#warehouse/facts/reference.ts";
import { readValues, removeValues, writeValues } from "#warehouse/metric-values.ts";
import type { MetricValuesTable } from "#warehouse/schema/metrics.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";
import { type AnswerRow, finishRows, foldTargets, type Into } from "./answer.ts";
import { foldCells } from "./answer-from-cells.ts";
import { daysOfBlock, isStored, measuredKeys } from "./blocks.ts";
import { factLines, type Line } from "./evaluate.ts";
import { Tallies } from "./fold.ts";
import { Groups } from "./groups.ts";
import type { MeasureDeps } from "./measure.ts";
import { buildReference, type Reference } from "./reference.ts";
import { METRICS } from "./registry.ts";
import type { Question } from "./request.ts";
import { mayShow } from "./small-groups.ts";
import { readTargets } from "./targets.ts";
import { knownMembers } from "./universe.ts";
import { flowWindow, type Window, windowOfDay } from "./windows.ts";

/** Who a stored value belongs to, and the dimension that tells. */
const SCOPES: readonly { readonly kind: string; readonly by: readonly Dimension[] }[] = [
  { kind: "company", by: [] },
  { kind: "manager", by: ["manager"] },
  { kind: "team", by: ["team"] },
  { kind: "rep", by: ["rep"] },
];
const STORED_GRAINS: readonly Grain[] = ["month", "quarter", "fiscal_quarter"];

/** Computes the values of every period with a fact in `blocks`, of the running ones and those before, and stores what changed; returns
 *  how many. Values of KPIs whose cells are not stored are computed when asked for. */
export async function storeValues(deps: MeasureDeps, blocks: ReadonlySet<string>, targetsChanged: boolean, asOf: AsOf): Promise<number> {
  const sums = await deps.warehouse.read((db) => sumsByScope(db, deps, blocks, targetsChanged, asOf));
  if (deps.peopleLevel === "team") await deps.warehouse.write((tx) => removeValues(tx, "rep"));
  let changed = 0;
  for (const sum of sums.scopes) {
    const rows = await deps.warehouse.read((db) => changedValues(db, deps, sum, sums, asOf));
    if (rows.length > 0) await deps.warehouse.write((tx) => writeValues(tx, rows));
    changed += rows.length;
  }
  return changed;
}

interface ScopeSums {
  readonly scope: (typeof SCOPES)[number];
  readonly question: Question;
  readonly into: Into;
}

interface MeasuredSums {
  readonly lines: readonly Line[];
  readonly scopes: readonly ScopeSums[];
  readonly reference: Reference;
}

/** Stored cells and targets added up for every scope, in one reading of the cells. */
async function sumsByScope(
  db: ReadDb,
  deps: MeasureDeps,
  blocks: ReadonlySet<string>,
  targetsChanged: boolean,
  asOf: AsOf,
): Promise<MeasuredSums> {
  const { organization } = deps;
  const reference = buildReference(await readReference(db), organization);
  const targets = await readTargets(db, reference);
  const days = [...daysOf(blocks), ...(targetsChanged ? targets.map((target) => target.startDay) : [])];
  const lines = linesFrom(windowsAround(days, asOf, deps), asOf, measuredKeys(deps.enabled));
  const facts = factLines(lines, organization);
  const scopes = SCOPES.filter((scope) => scope.kind !== "rep" || deps.peopleLevel !== "team").map((scope) => ({
    scope,
    question: questionBy(scope.by, asOf),
    into: { groups: new Groups(), tallies: new Tallies() },
  }));
  await foldCells(
    db,
    facts.flatMap(({ metric, window }) => (isStored(metric) ? [{ metric, window }] : [])),
    scopes,
  );
  for (const { question, into } of scopes) {
    foldTargets(targets, facts, question, reference, into);
    for (const values of await knownMembers(db, question, reference)) into.tallies.groups.add(into.groups.of(values));
  }
  return { lines, scopes, reference };
}

async function changedValues(
  db: ReadDb,
  deps: MeasureDeps,
  { scope, question, into }: ScopeSums,
  { lines, reference }: Pick<MeasuredSums, "lines" | "reference">,
  asOf: AsOf,
): Promise<readonly MetricValuesTable[]> {
  const stored = new Map<string, MetricValuesTable>();
  for (const row of await readValues(db, scope.kind, firstDay(lines), dayFromNumber(asOf.day))) {
    stored.set(keyOf(row), row);
    // Whoever has a stored value and no fact any more is brought back to nothing.
    if (scope.by.length > 0) into.tallies.groups.add(into.groups.of([row.scope_id]));
  }
  const isShown = mayShow(question, reference, deps);
  const changed: MetricValuesTable[] = [];
  for (const answered of finishRows(lines, question, into, deps.organization)) {
    if (!isShown(answered.by)) continue;
    const row = valueRow(answered, scope.kind, scope.by[0], asOf);
    const now = restated(row, stored.get(keyOf(row)), dayFromNumber(asOf.day));
    if (now !== null) changed.push(now);
  }
  return changed;
}

function firstDay(lines: readonly Line[]): Day {
  return dayFromNumber(lines.reduce((first, { window }) => Math.min(first, window.start), Number.POSITIVE_INFINITY));
}

function questionBy(by: readonly Dimension[], asOf: AsOf): Question {
  return { metrics: [], by, grains: [], from: null, to: null, asOf, isLatest: true, where: new Map(), compare: [] };
}

function daysOf(blocks: ReadonlySet<string>): readonly number[] {
  return [...blocks].flatMap((block) => daysOfBlock(block)?.start ?? []);
}

/** Stored periods around the days, the running ones, and those just over (their `partial` has to go). */
function windowsAround(days: readonly number[], asOf: AsOf, deps: MeasureDeps): readonly Window[] {
  const { periods } = deps.organization;
  const windows = new Map<string, Window>();
  for (const grain of STORED_GRAINS) {
    const running = periodOf(dayFromNumber(asOf.day), grain, periods);
    const around = days.filter((day) => day <= asOf.day).map((day) => periodOf(dayFromNumber(day), grain, periods));
    for (const span of [...around, running, previousPeriod(running, periods)]) {
      const window = flowWindow(span, asOf);
      windows.set(window.key, window);
    }
  }
  return [...windows.values()];
}

/** Every KPI that rests on stored cells and targets alone: flows by period, stock by day. */
function linesFrom(windows: readonly Window[], asOf: AsOf, keys: ReadonlySet<string>): readonly Line[] {
  const today = windowOfDay(asOf);
  return METRICS.filter((metric) => keys.has(metric.key) && isMeasured(metric)).flatMap((metric) =>
    metric.anchor === "as_of" ? [{ metric, window: today }] : windows.map((window) => ({ metric, window })),
  );
}

/** Made of the facts of its own period alone: a change elsewhere cannot move it unseen. */
function isMeasured(metric: Metric): boolean {
  if (metric.kind === "fact") return metric.reads === "targets" || isStored(metric);
  return metric.dependsOn.every(
    ({ metric: key, over, back }) =>
      over === "period" && back === undefined && METRICS.some((other) => other.key === key && isMeasured(other)),
  );
}

function valueRow(row: AnswerRow, kind: string, dimension: Dimension | undefined, asOf: AsOf): MetricValuesTable {
  const { span } = row.window;
  const { value } = row;
  const [low, high] = intervalOf(value);
  return {
    metric: row.metric.key,
    scope_kind: kind,
    scope_id: dimension === undefined ? "" : (row.by[dimension] ?? ""),
    grain: span?.grain ?? "day",
    period_start: span?.start ?? dayFromNumber(asOf.day),
    period_end: span?.end ?? dayFromNumber(asOf.day + 1),
    as_of: asOf.instant,
    version: row.metric.version,
    value: value.state === "ok" ? value.value : null,
    numerator: value.numerator,
    denominator: value.denominator,
    n: value.n,
    interval_low: low,
    interval_high: high,
    unit: row.metric.unit,
    parts: value.parts === null ? null : JSON.stringify(value.parts),
    flags: JSON.stringify(value.flags),
    measured_at: asOf.instant,
  };
}

function intervalOf(value: Value): readonly [number | null, number | null] {
  return value.state === "ok" && value.interval !== null ? value.interval : [null, null];
}

function keyOf(row: MetricValuesTable): string {
  return [row.metric, row.scope_id, row.grain, row.period_start].join("\u001f");
}

/** The row as it has to be stored, null when nothing changed: somebody without a single fact has no row until there is one. A value that changes after its period was over is `restated` and stays so. */
function restated(row: MetricValuesTable, stored: MetricValuesTable | undefined, today: string): MetricValuesTable | null {
  if (stored === undefined) return row.n === 0 && row.scope_kind !== "company" ? null : row;
  const flags: readonly string[] = JSON.parse(stored.flags);
  const wasFinal = !flags.includes("partial") && row.period_end <= today;
  const differs =
    stored.value !== row.value || stored.numerator !== row.numerator || stored.denominator !== row.denominator || stored.n !== row.n;
  const isRestated = flags.includes("restated") || (wasFinal && differs && stored.version === row.version);
  const now = isRestated ? { ...row, flags: JSON.stringify([...JSON.parse(row.flags), "restated"]) } : row;
  const isSame = !differs && stored.flags === now.flags && stored.parts === now.parts && stored.version === now.version;
  return isSame ? null : now;
}
