import type { Clock } from "#core/clock.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";

/** The sandbox's own time: stands still, or runs with another clock, and is moved by hand. Never goes back. */
export interface SandboxClock {
  now(): Instant;
  nowMs(): number;
  /** Moves it forward; a negative number is refused. */
  advance(ms: number): void;
}

/** Starts at `start` and stands still until moved; with `ticking` it also runs as that clock does. */
export function sandboxClock(start: Instant, ticking: Clock | null = null): SandboxClock {
  const startedMonotonic = ticking?.monotonicMs() ?? 0;
  let movedMs = msOf(start);
  const nowMs = (): number => Math.floor(movedMs + (ticking === null ? 0 : ticking.monotonicMs() - startedMonotonic));
  return {
    nowMs,
    now: () => instantFromMs(nowMs()),
    advance: (ms) => {
      if (ms < 0) throw new RangeError(`A sandbox clock goes forward only; asked to move by ${ms} ms.`);
      movedMs += ms;
    },
  };
}
