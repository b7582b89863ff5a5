import { type Day, parseDay } from "#core/time/day.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import { ownText } from "./csv.ts";

/** What a date cell says. */
export interface CellTime {
  readonly day: Day;
  /** Null when the cell names a day only. */
  readonly at: Instant | null;
  /** `at`, else the first instant of the day. */
  readonly from: Instant;
}

const MINUTE_MS = 60_000;
const ISO_LOCAL = "yyyy-MM-dd[T ]HH:mm";
const PARTS: Readonly<Record<string, string>> = {
  yyyy: "(?<year>\\d{4})",
  MM: "(?<month>\\d{2})",
  M: "(?<month>\\d{1,2})",
  dd: "(?<day>\\d{2})",
  d: "(?<day>\\d{1,2})",
  HH: "(?<hour>\\d{2})",
  H: "(?<hour>\\d{1,2})",
  mm: "(?<minute>\\d{2})",
  ss: "(?<second>\\d{2})",
};
/** Exports repeat their days: most cells have been read before. */
const REMEMBERED = 4_000;

/** Reads date cells of one format in one zone: `iso` (with or without time and offset) or a pattern of yyyy, MM, M, dd, d, HH, H, mm, ss.
 *  Null for what is no real day or time of that form. A pattern with a time also takes the day alone. */
export function dateReader(pattern: string, zone: Zone): (text: string) => CellTime | null {
  const read = pattern === "iso" ? isoReader(zone) : patternReader(pattern, zone);
  const known = new Map<string, CellTime | null>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text.trim());
    if (known.size >= REMEMBERED) known.clear();
    known.set(ownText(text), value);
    return value;
  };
}

function isoReader(zone: Zone): (text: string) => CellTime | null {
  const local = patternReader(ISO_LOCAL, zone);
  const seconds = patternReader(`${ISO_LOCAL}:ss`, zone);
  return (text) => {
    const day = parseDay(text);
    if (day !== null) return { day, at: null, from: zone.startOf(day) };
    const at = parseInstant(text);
    if (at !== null) return { day: zone.dayOf(at), at, from: at };
    return seconds(text.replace(/[.,]\d+$/, "")) ?? local(text);
  };
}

function patternReader(pattern: string, zone: Zone): (text: string) => CellTime | null {
  const time = pattern.search(/[T ,[]*[T ]\]?HH?/);
  const full = new RegExp(`^${source(pattern)}$`);
  const dayOnly = time > 0 ? new RegExp(`^${source(pattern.slice(0, time))}$`) : full;
  return (text) => {
    const parts = (full.exec(text) ?? dayOnly.exec(text))?.groups;
    if (parts === undefined) return null;
    const { year = "", month = "", day: date = "", hour, minute = "0", second = "0" } = parts;
    const day = parseDay(`${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`);
    if (day === null) return null;
    if (hour === undefined) return { day, at: null, from: zone.startOf(day) };
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
    const at = zone.at(day, (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1000);
    return { day, at, from: at };
  };
}

function source(pattern: string): string {
  return pattern.replaceAll(/\[T \]|yyyy|MM|M|dd|d|HH|H|mm|ss|[^\w]/g, (part) =>
    part === "[T ]" ? "[T ]" : (PARTS[part] ?? part.replace(/[.*+?^${}()|[\]\\]/, "\\$&")),
  );
}

/** Whether `dates` is a pattern that names a whole day, each part once. */
export function isDatePattern(pattern: string): boolean {
  if (pattern === "iso") return true;
  const rest = pattern.replaceAll(/yyyy|MM?|dd?|HH?|mm|ss|T/g, "");
  const times = (part: RegExp): number => pattern.match(part)?.length ?? 0;
  return !/[A-Za-z]/.test(rest) && times(/yyyy/g) === 1 && times(/MM?/g) === 1 && times(/dd?/g) === 1;
}

const SPACES = /[\s\u00a0\u202f'’]/g;
const PLAIN = /^-?\d+(\.\d+)?$/;
/** Also by lakh and crore. */
const GROUPED_BY_COMMA = /^[-+]?\d{1,3}(,\d{2,3})*,\d{3}$/;
const GROUPED_BY_DOT = /^[-+]?\d{1,3}(\.\d{3})+$/;
const SIGNED = /^([-+]?)(\d*)$/;

/** A number cell as plain decimal text: grouping, a currency sign and bracketed negatives are understood; null when it is no number. */
export function decimalText(cell: string, decimal: "." | ","): string | null {
  if (PLAIN.test(cell) && (decimal === "." || !cell.includes("."))) return cell;
  const [whole = "", fraction = "", ...more] = bare(cell).split(decimal);
  if (more.length > 0 || !/^\d*$/.test(fraction)) return null;
  const isGrouped = decimal === "." ? GROUPED_BY_COMMA.test(whole) : GROUPED_BY_DOT.test(whole);
  const parts = SIGNED.exec(isGrouped ? whole.replaceAll(/[.,]/g, "") : whole);
  const [, sign = "", digits = ""] = parts ?? [];
  if (parts === null || digits + fraction === "") return null;
  return `${sign === "-" ? "-" : ""}${digits === "" ? "0" : digits}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Without spaces, apostrophes and a currency sign; `(5)` is -5. */
function bare(cell: string): string {
  const text = cell
    .replaceAll(SPACES, "")
    .replace(/^([-(]?)\p{Sc}/u, "$1")
    .replace(/\p{Sc}(\)?)$/u, "$1");
  return text.startsWith("(") && text.endsWith(")") ? `-${text.slice(1, -1)}` : text;
}
