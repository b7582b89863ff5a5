/** What happened at one time: how many ended by each cause, how many were only watched until then (censored). */
export interface TimePoint {
  readonly time: number;
  /** Ends by cause, in a fixed order of causes. */
  readonly events: readonly number[];
  readonly censored: number;
}

export interface IncidencePoint {
  readonly time: number;
  /** Share that has ended by each cause up to and including this time. */
  readonly incidence: readonly number[];
  /** Share that has not ended yet. */
  readonly surviving: number;
  /** Under watch just before this time. */
  readonly atRisk: number;
}

/** Aalen–Johansen cumulative incidence: the causes compete, the censored count for as long as they were watched
 *  (Aalen & Johansen 1978). With one cause it is one minus Kaplan–Meier. Points must come in rising order of time. */
export function cumulativeIncidence(points: readonly TimePoint[]): readonly IncidencePoint[] {
  let atRisk = points.reduce((sum, point) => sum + point.censored + total(point.events), 0);
  let surviving = 1;
  let incidence: readonly number[] = (points[0]?.events ?? []).map(() => 0);
  return points.map((point) => {
    const before = { surviving, atRisk };
    const ended = total(point.events);
    incidence = incidence.map((sum, cause) => sum + (before.surviving * (point.events[cause] ?? 0)) / Math.max(before.atRisk, 1));
    surviving *= 1 - ended / Math.max(before.atRisk, 1);
    atRisk -= ended + point.censored;
    return { time: point.time, incidence, surviving, atRisk: before.atRisk };
  });
}

/** Kaplan–Meier median: the first time at which at most half has not ended; null when the curve never falls that far. */
export function medianSurvival(points: readonly TimePoint[]): number | null {
  // A hair above one half, so that a product such as 0.8 × 0.625 counts as the half it stands for.
  return cumulativeIncidence(points).find((point) => point.surviving <= 0.5 + 1e-12)?.time ?? null;
}

/** Durations with their end (index of the cause, or null for censored) as points in rising order. */
export function timePoints(
  spells: Iterable<{ readonly duration: number; readonly cause: number | null }>,
  causes: number,
): readonly TimePoint[] {
  const byTime = new Map<number, { events: number[]; censored: number }>();
  for (const { duration, cause } of spells) {
    const point = byTime.get(duration) ?? { events: new Array<number>(causes).fill(0), censored: 0 };
    if (cause === null) point.censored += 1;
    else point.events[cause] = (point.events[cause] ?? 0) + 1;
    byTime.set(duration, point);
  }
  return [...byTime.entries()].sort(([a], [b]) => a - b).map(([time, point]) => ({ time, ...point }));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
