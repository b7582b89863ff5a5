import type { Clock } from "#core/clock.ts";
import type { ServerClock } from "#core/connector.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";
import type { Head } from "./errors.ts";

/** Salesforce's time, from the `Date` header of its answers: the host's clock may be wrong by any amount. */
export interface ServerTime extends ServerClock {
  /** Takes the time from an answer; gives back by how many milliseconds it moved. */
  observe(head: Head): number;
  /** Milliseconds the server is ahead of the host; null before the first answer. */
  aheadMs(): number | null;
}

export function serverTime(clock: Clock): ServerTime {
  let ahead: number | null = null;
  return {
    now: () => instantFromMs(msOf(clock.now()) + (ahead ?? 0)),
    observe: (head) => {
      const at = Date.parse(head.headers["date"] ?? "");
      if (Number.isNaN(at)) return 0;
      const before = ahead ?? 0;
      ahead = at - msOf(clock.now());
      return ahead - before;
    },
    aheadMs: () => ahead,
  };
}
