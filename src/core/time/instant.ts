import type { Brand } from "../brand.ts";

/** A moment in UTC, always `YYYY-MM-DDTHH:MM:SS.mmmZ`: fixed width, so it sorts as text. */
export type Instant = Brand<string, "Instant">;

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})$/;

export function instantFromMs(ms: number): Instant {
  return new Date(ms).toISOString() as Instant;
}

/** An instant as the warehouse stores it; a text that is none is a damaged row and throws. */
export function storedInstant(text: string): Instant {
  return instantFromMs(Date.parse(text));
}

export function msOf(instant: Instant): number {
  return Date.parse(instant);
}

/** Reads an ISO 8601 text with a zone or offset (0 to 9 decimals, cut to milliseconds); null when it is none. */
export function parseInstant(text: string): Instant | null {
  const parts = ISO.exec(text.trim());
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = "00", fraction = "", zone = "Z"] = parts;
  const offset = zone === "Z" || zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  if (Number.isNaN(ms)) return null;
  const instant = new Date(ms).toISOString();
  // Date.parse rolls 31 February over instead of refusing it; Feb 31 → Mar 3 shows as another day at offset 0.
  const rolled = offset === "Z" && !instant.startsWith(`${year}-${month}-${day}`) && hour !== "24";
  return instant.length === 24 && !rolled ? (instant as Instant) : null;
}
