import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";

export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in order; each gets to run before the next is woken. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, as an operator or a time server does. */
  setNow(now: Instant): void;
  /** Everything anyone slept so far, in order of asking. */
  readonly slept: readonly number[];
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until moved. With `auto`, a sleep moves it at once instead of waiting. */
export function manualClock(options: { readonly start?: string; readonly auto?: boolean } = {}): ManualClock {
  let wall = msOf((options.start ?? "2026-06-30T12:00:00.000Z") as Instant);
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();
  const slept: number[] = [];
  const move = (ms: number): void => {
    wall += ms;
    elapsed += ms;
  };
  const stopped = (): AppError => new AppError({ code: "cancelled", recovery: "cancelled", message: "Stopped while waiting." });
  return {
    now: () => instantFromMs(wall),
    monotonicMs: () => elapsed,
    sleep: (ms, signal) => {
      slept.push(ms);
      if (signal.aborted) return Promise.reject(stopped());
      if (options.auto === true) {
        move(Math.max(0, ms));
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const sleeper: Sleeper = { at: elapsed + Math.max(0, ms), wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => sleepers.delete(sleeper) && reject(stopped()), { once: true });
      });
    },
    advance: async (ms) => {
      const end = elapsed + ms;
      await settled();
      for (let next = soonest(sleepers, end); next !== null; next = soonest(sleepers, end)) {
        move(next.at - elapsed);
        sleepers.delete(next);
        next.wake();
        await settled();
      }
      move(end - elapsed);
      await settled();
    },
    setNow: (now) => {
      wall = msOf(now);
    },
    slept,
    get sleepers() {
      return sleepers.size;
    },
  };
}

function soonest(sleepers: ReadonlySet<Sleeper>, until: number): Sleeper | null {
  let found: Sleeper | null = null;
  for (const sleeper of sleepers) if (sleeper.at <= until && (found === null || sleeper.at < found.at)) found = sleeper;
  return found;
}

/** Lets everything that is ready run. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
