import { addDays, weekday } from "#core/time/day.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";

/** When digests go out, in each recipient's own zone. */
export interface DigestTime {
  /** Minutes since midnight. */
  readonly atMinute: number;
  /** 1 Monday … 7 Sunday. */
  readonly days: ReadonlySet<number>;
}

/** The last digest time at or before `now` in that zone; null when no day is set. */
export function lastDigestTime(now: Instant, timeZone: string, digest: DigestTime): Instant | null {
  const local = zone(timeZone);
  const today = local.dayOf(now);
  for (let back = 0; back <= 7; back += 1) {
    const day = addDays(today, -back);
    if (!digest.days.has(weekday(day))) continue;
    const at = instantFromMs(msOf(local.startOf(day)) + digest.atMinute * 60_000);
    // The hour that daylight saving takes or gives lies between midnight and the digest.
    const shift = digest.atMinute - local.minuteOf(at);
    const exact = instantFromMs(msOf(at) + shift * 60_000);
    if (exact <= now) return exact;
  }
  return null;
}

/** Whether something owed since `since` goes out now: a digest time has passed in between. */
export function isDigestDue(since: Instant, now: Instant, timeZone: string, digest: DigestTime): boolean {
  const last = lastDigestTime(now, timeZone, digest);
  return last !== null && since <= last;
}
