import type { Tally, Value } from "#core/metric.ts";
import { cumulativeIncidence, medianSurvival, type TimePoint, timePoints } from "./estimators/competing-risks.ts";
import { tick } from "./tally.ts";
import { noData, value } from "./values.ts";

/** A watched duration: how it ended (index of the cause), or null when it had not ended by the as-of (censored). */
export function addSpell(tally: Tally, duration: number, cause: number | null): void {
  tick(tally, `${cause ?? "c"}:${duration}`);
}

/** The spells of a tally as points for the estimators. */
export function spellPoints(tally: Tally, causes: number): readonly TimePoint[] {
  return timePoints(expanded(tally), causes);
}

function* expanded(tally: Tally): Generator<{ readonly duration: number; readonly cause: number | null }> {
  for (const [key, count] of tally.counts) {
    const [cause = "", duration = ""] = String(key).split(":");
    const spell = { duration: Number(duration), cause: cause === "c" ? null : Number(cause) };
    for (let times = 0; times < count; times += 1) yield spell;
  }
}

export function spellCount(tally: Tally): number {
  let n = 0;
  for (const count of tally.counts.values()) n += count;
  return n;
}

/** Shares that ended by each cause and that had not ended, by a day. Nothing ends before the first point. */
export function incidenceBy(
  points: readonly TimePoint[],
  day: number,
): { readonly incidence: readonly number[]; readonly surviving: number } {
  const last = cumulativeIncidence(points).findLast((point) => point.time <= day);
  return last ?? { incidence: (points[0]?.events ?? []).map(() => 0), surviving: 1 };
}

/** Median of spells with one cause; no data where the curve never falls to one half. */
export function medianOfSpells(tally: Tally): Value {
  const n = spellCount(tally);
  if (n === 0) return noData("no_facts");
  const median = medianSurvival(spellPoints(tally, 1));
  if (median === null) return noData("never_reached", { n });
  return value(median, { numerator: median, n, flags: n < 10 ? ["low_sample"] : [] });
}
