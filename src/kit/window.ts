import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";

/** A span of source time, both ends included; closed once `to` lies before now − settle, so that nothing more will appear in it. */
export interface ClosedWindow {
  readonly from: Instant;
  readonly to: Instant;
}

export interface WindowRules {
  /** Read again this much before the cursor: late rows and clocks apart. */
  readonly overlapMs: number;
  /** How long after a change reads may still miss it. */
  readonly settleMs: number;
}

/** The next window after a cursor (the end of the last one read); null while less than a millisecond has settled since. */
export function nextWindow(cursor: Instant, now: Instant, rules: WindowRules): ClosedWindow | null {
  const to = msOf(now) - rules.settleMs;
  if (to <= msOf(cursor)) return null;
  return { from: instantFromMs(Math.max(0, msOf(cursor) - rules.overlapMs)), to: instantFromMs(to) };
}

/** A window in pieces of at most `maxMs`, oldest first, that meet without a gap or a shared millisecond. */
export function slices(window: ClosedWindow, maxMs: number): readonly ClosedWindow[] {
  const pieces: ClosedWindow[] = [];
  const end = msOf(window.to);
  for (let start = msOf(window.from); start <= end; start += maxMs) {
    pieces.push({ from: instantFromMs(start), to: instantFromMs(Math.min(end, start + maxMs - 1)) });
  }
  return pieces;
}
