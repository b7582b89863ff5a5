import { Temporal } from "temporal-polyfill";
import { AppError } from "../errors.ts";
import { type Day, dayFromNumber, dayNumber } from "./day.ts";
import { type Instant, instantFromMs, msOf } from "./instant.ts";

/** A time zone made ready for millions of look-ups: its UTC offsets as a sorted table. */
export interface Zone {
  readonly name: string;
  /** The local calendar day on which the instant falls (R7). */
  dayOf(instant: Instant): Day;
  /** The first instant of the local day: later than 00:00 where daylight saving skips midnight. */
  startOf(day: Day): Instant;
  /** Minutes since local midnight. */
  minuteOf(instant: Instant): number;
  /** The instant at which clocks show `ms` after 00:00 of that day: the earlier of two, or moved on by the jump where there is none. */
  at(day: Day, ms: number): Instant;
}

const DAY_MS = 86_400_000;
const FIRST = "1970-01-01T00:00:00Z";
const LAST_MS = Date.UTC(2100, 0, 1);
const known = new Map<string, Zone>();

/** The zone of an IANA name; throws `config.zone` for an unknown one. */
export function zone(name: string): Zone {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = build(name);
  known.set(name, made);
  return made;
}

/** Whether it is an IANA name. */
export function isZone(name: string): boolean {
  try {
    zone(name);
    return true;
  } catch {
    return false;
  }
}

function build(name: string): Zone {
  const { starts, offsets } = transitions(name);
  const offsetAt = (ms: number): number => offsets[indexAt(starts, ms)] ?? 0;
  return {
    name,
    dayOf: (instant) => {
      const ms = msOf(instant);
      return dayFromNumber(Math.floor((ms + offsetAt(ms)) / DAY_MS));
    },
    minuteOf: (instant) => {
      const ms = msOf(instant);
      return Math.floor(((((ms + offsetAt(ms)) % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
    },
    startOf: (day) => startOfDay(day, starts, offsetAt),
    at: (day, ms) => {
      const local = dayNumber(day) * DAY_MS + ms;
      const before = local - offsetAt(local - DAY_MS);
      const after = local - offsetAt(local + DAY_MS);
      return instantFromMs(before + offsetAt(before) === local || after + offsetAt(after) !== local ? before : after);
    },
  };
}

function startOfDay(day: Day, starts: readonly number[], offsetAt: (ms: number) => number): Instant {
  const local = dayNumber(day) * DAY_MS;
  const early = local - Math.max(offsetAt(local - DAY_MS), offsetAt(local + DAY_MS));
  const late = local - Math.min(offsetAt(local - DAY_MS), offsetAt(local + DAY_MS));
  if (early + offsetAt(early) === local) return instantFromMs(early);
  if (late + offsetAt(late) === local) return instantFromMs(late);
  // Midnight does not exist on this day: it begins at the jump.
  return instantFromMs(starts.find((start) => start >= early) ?? early);
}

function transitions(name: string): { starts: number[]; offsets: number[] } {
  let at: Temporal.ZonedDateTime | null;
  try {
    at = Temporal.Instant.from(FIRST).toZonedDateTimeISO(name);
  } catch (cause) {
    throw new AppError({
      code: "config.zone",
      recovery: "configure",
      message: `'${name}' is no time zone; expected a name such as Europe/Warsaw or UTC.`,
      cause,
    });
  }
  const starts = [Number.NEGATIVE_INFINITY];
  const offsets = [at.offsetNanoseconds / 1e6];
  for (at = at.getTimeZoneTransition("next"); at !== null && at.epochMilliseconds < LAST_MS; at = at.getTimeZoneTransition("next")) {
    starts.push(at.epochMilliseconds);
    offsets.push(at.offsetNanoseconds / 1e6);
  }
  return { starts, offsets };
}

function indexAt(starts: readonly number[], ms: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? Number.POSITIVE_INFINITY) <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
