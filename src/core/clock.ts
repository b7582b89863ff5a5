import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "./errors.ts";
import { type Instant, instantFromMs, msOf, parseInstant } from "./time/instant.ts";

/** Time as the rest of the program knows it; nothing else may ask the machine what time it is. */
export interface Clock {
  now(): Instant;
  /** For measuring durations; never goes back. */
  monotonicMs(): number;
  /** Rejects with an AppError of recovery `cancelled` when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const OFFSET = /^([+-])(\d+)([dhm])$/;
const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** The machine's clock moved by a fixed amount (0 in normal service). */
export function systemClock(offsetMs = 0): Clock {
  return {
    now: () => instantFromMs(Date.now() + offsetMs),
    monotonicMs: () => performance.now(),
    sleep: async (ms, signal) => {
      try {
        await wait(Math.max(0, ms), undefined, { signal });
      } catch (cause) {
        throw new AppError({ code: "cancelled", recovery: "cancelled", message: "Stopped while waiting.", cause });
      }
    },
  };
}

/** The service's clock as `SCOREKEEPER_NOW` asks for it: unset, an instant, or an offset such as `+3d`. */
export function clockFrom(setting: string | undefined): Clock {
  if (setting === undefined || setting === "") return systemClock();
  const offset = OFFSET.exec(setting);
  if (offset !== null) {
    const ms = Number(offset[2]) * UNIT_MS[offset[3] as keyof typeof UNIT_MS];
    return systemClock(offset[1] === "-" ? -ms : ms);
  }
  const instant = parseInstant(setting);
  if (instant === null) {
    throw new AppError({
      code: "config.clock",
      recovery: "configure",
      message: `SCOREKEEPER_NOW is '${setting}'; expected an instant such as 2026-06-30T12:00:00Z or an offset such as +3d.`,
    });
  }
  return systemClock(msOf(instant) - Date.now());
}

/** The same clock, so much ahead (or, negative, behind). */
export function shiftedClock(clock: Clock, offsetMs: number): Clock {
  return { ...clock, now: () => instantFromMs(msOf(clock.now()) + offsetMs) };
}

/** Wakes after `ms` unless cancelled: for deadlines, where `sleep` would hold the caller. */
export function after(ms: number, run: () => void): { cancel(): void } {
  const timer = setTimeout(run, ms);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}
