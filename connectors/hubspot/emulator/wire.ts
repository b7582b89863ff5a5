import type { Day } from "#core/time/day.ts";

/** Timestamps as the API writes them: no more decimals than needed. */
export function wireTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  if (iso.endsWith(".000Z")) return `${iso.slice(0, 19)}Z`;
  return iso.endsWith("00Z") ? `${iso.slice(0, -3)}Z` : iso.endsWith("0Z") ? `${iso.slice(0, -2)}Z` : iso;
}

/** A calculated number with every digit of its binary form, as calculated properties show them. */
export function wireNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(55).replace(/0+$/, "");
}

/** A number without noise. */
export function plainNumber(value: number, decimals = 6): string {
  return String(Math.round(value * 10 ** decimals) / 10 ** decimals);
}

export function noonOf(day: Day): number {
  return Date.parse(`${day}T12:00:00Z`);
}

/** A datetime property's text as milliseconds; NaN when it is none. */
export function msOfWire(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
}
