import type { Clock } from "#core/clock.ts";
import { zone } from "#core/time/zone.ts";
import type { SandboxClock } from "#sandbox/clock.ts";
import { type LimitPolicy, rateLimited } from "./errors.ts";

export interface Limits {
  readonly per10s: number;
  readonly associationsPer10s: number;
  readonly searchPerSecond: number;
  readonly perDay: number;
}

/** An Enterprise account with a private app (fact sheet 3.1). */
export const ENTERPRISE: Limits = { per10s: 190, associationsPer10s: 150, searchPerSecond: 5, perDay: 1_000_000 };

export type CallKind = "search" | "associations" | "other";

export interface Meter {
  /** Counts a call in; throws the 429 when it is one too many. Gives the headers of a normal reply (none on searches). */
  count(kind: CallKind): Readonly<Record<string, string>>;
  /** How many calls were refused, by policy. */
  readonly refused: Readonly<Record<LimitPolicy, number>>;
  /** Calls counted today, in the portal's time zone. */
  usedToday(): number;
  /** As if so many calls had been made today already. */
  useToday(calls: number): void;
}

/** Short windows roll by `pace`, which is real time unless a test moves it; the day is the portal's own. */
export function meter(limits: Limits | null, timeZone: string, clock: SandboxClock, pace: Pick<Clock, "monotonicMs">): Meter {
  const refused: Record<LimitPolicy, number> = { TEN_SECONDLY_ROLLING: 0, SECONDLY: 0, DAILY: 0 };
  const burst = rolling(10_000);
  const associations = rolling(10_000);
  const search = rolling(1_000);
  const portalZone = zone(timeZone);
  let day = "";
  let today = 0;
  const refuse = (policy: LimitPolicy): never => {
    refused[policy] += 1;
    throw rateLimited(policy);
  };
  const turnDay = (): void => {
    const now = portalZone.dayOf(clock.now());
    if (now !== day) [day, today] = [now, 0];
  };
  return {
    refused,
    usedToday: () => {
      turnDay();
      return today;
    },
    useToday: (calls) => {
      turnDay();
      today += calls;
    },
    count: (kind) => {
      turnDay();
      today += 1;
      if (limits === null) return {};
      if (today > limits.perDay) refuse("DAILY");
      const nowMs = pace.monotonicMs();
      if (kind === "search") {
        if (!search.take(nowMs, limits.searchPerSecond)) refuse("SECONDLY");
        return {};
      }
      if (kind === "associations" && !associations.take(nowMs, limits.associationsPer10s)) refuse("TEN_SECONDLY_ROLLING");
      if (!burst.take(nowMs, limits.per10s)) refuse("TEN_SECONDLY_ROLLING");
      return {
        "x-hubspot-ratelimit-max": String(limits.per10s),
        "x-hubspot-ratelimit-remaining": String(limits.per10s - burst.used()),
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-daily": String(limits.perDay),
        "x-hubspot-ratelimit-daily-remaining": String(limits.perDay - today),
      };
    },
  };
}

function rolling(windowMs: number): { take(nowMs: number, most: number): boolean; used(): number } {
  let taken: number[] = [];
  return {
    take: (nowMs, most) => {
      taken = taken.filter((ms) => ms > nowMs - windowMs);
      if (taken.length >= most) return false;
      taken.push(nowMs);
      return true;
    },
    used: () => taken.length,
  };
}
