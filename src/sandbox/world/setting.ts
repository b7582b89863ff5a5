import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import { DAY_MS } from "./company.ts";

/** Everything a story is a function of, beside its own number. */
export interface Setting {
  readonly seed: number;
  readonly anchor: Instant;
  readonly historyDays: number;
  /** Deals created until the anchor. */
  readonly dealCount: number;
  /** Average of each deal. */
  readonly activitiesPerDeal: number;
  /** `split`: each account lives in one CRM and some in both. Else all are in the one named. */
  readonly layout: "split" | "one" | "two";
}

/** Deals come at even distances; later numbers come after the anchor. */
export function slotMs(setting: Setting, number: number): number {
  const spacing = (setting.historyDays * DAY_MS) / setting.dealCount;
  return msOf(setting.anchor) - setting.historyDays * DAY_MS + number * spacing;
}

/** The working hour in which a deal begins: its slot, a little shaken. */
export function arrivalMs(setting: Setting, number: number, shake: number): number {
  return atWork(slotMs(setting, number + shake));
}

/** How many deals begin until that moment. */
export function arrivalsUntil(setting: Setting, ms: number): number {
  const spacing = (setting.historyDays * DAY_MS) / setting.dealCount;
  return Math.max(0, Math.ceil((ms - msOf(setting.anchor)) / spacing) + setting.dealCount);
}

/** A working hour (7 to 17 UTC, Monday to Friday) near that moment and never later than it. */
export function atWork(ms: number): number {
  const hour = Math.floor(ms / 3_600_000) % 24;
  const early = hour < 7 ? ms - 12 * 3_600_000 : hour > 17 ? ms - (hour - 17) * 3_600_000 : ms;
  const weekday = (Math.floor(early / DAY_MS) + 3) % 7;
  return weekday >= 5 ? early - (weekday - 4) * DAY_MS : early;
}

export function instantAt(ms: number): Instant {
  return instantFromMs(Math.floor(ms));
}
