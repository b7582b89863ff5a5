import { z } from "zod";
import { isCurrency } from "#core/money.ts";
import { Secret } from "#core/secret.ts";
import { parseDay } from "#core/time/day.ts";
import { zone } from "#core/time/zone.ts";

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const RECORD_NAME = /^[a-z0-9][a-z0-9_-]*:.+$/i;
export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** A text that is not empty. */
export const text = () => z.string().min(1, "expected a text");

/** A path, relative to the folder of the configuration file. */
export const path = () => text().describe("Path, relative to this file");

/** A secret: a mask to everything but the one place that sends it. */
export const secret = () =>
  text()
    .transform((value) => new Secret(value))
    .describe("A secret: name an environment variable (dollar sign and braces) or a file; never the value itself");

export const currency = () => z.string().refine(isCurrency, "expected an ISO 4217 currency such as EUR");

export const timeZone = () =>
  z.string().refine((name) => {
    try {
      return zone(name).name === name;
    } catch {
      return false;
    }
  }, "expected a time zone such as Europe/Warsaw");

export const day = () => z.string().refine((value) => parseDay(value) !== null, "expected a day such as 2026-06-30");

export const clockTime = () => z.string().regex(TIME, 'expected a time such as "08:00"');

export const clockHours = () => z.string().regex(HOURS, 'expected hours such as "09:00-17:00"');

/** A record, stage or pipeline of one connection: `hs:123`. */
export const recordName = () => z.string().regex(RECORD_NAME, "expected connection:id, such as hs:default");

/** Five cron fields. */
export const cron = () =>
  z
    .string()
    .refine((value) => /^[\d*,/A-Za-z-]+( +[\d*,/A-Za-z-]+){4}$/.test(value.trim()), 'expected five cron fields such as "*/15 * * * *"');

const FULL: readonly string[] = WEEKDAYS;
const SHORT = WEEKDAYS.map((name) => name.slice(0, 3));

/** `mon-fri`, `sun-thu`, `mon,wed,fri` or a list of names → 1 Monday … 7 Sunday; null when it is none of these. */
export function weekdaysOf(value: string | readonly string[]): readonly number[] | null {
  const parts = typeof value === "string" ? value.split(",") : value;
  const days = parts.map((part) => span(part.trim().toLowerCase()));
  return days.length === 0 || days.some((found) => found === null) ? null : [...new Set(days.flatMap((found) => found ?? []))].sort();
}

function span(part: string): readonly number[] | null {
  const [from = "", to = from, ...rest] = part.split("-").map((name) => name.trim());
  const first = indexOf(from);
  const last = indexOf(to);
  if (first < 0 || last < 0 || rest.length > 0) return null;
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_unused, step) => ((first + step) % 7) + 1);
}

function indexOf(name: string): number {
  return name.length > 3 ? FULL.indexOf(name) : SHORT.indexOf(name);
}

export const weekdays = () =>
  z
    .union([z.string(), z.array(z.string())])
    .refine((value) => weekdaysOf(value) !== null, "expected working days such as mon-fri or [mon, tue, sat]");
