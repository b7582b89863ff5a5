import type { Day } from "#core/time/day.ts";

/** A value as it goes over the wire. */
export type Cell = string | number | boolean | null;
/** A record; what is not in it is null. */
export type Row = { [field: string]: Cell };

/** Whole seconds with Salesforce's own offset, `2026-05-01T07:25:37.000+0000`: fixed width, sorts as text. */
export function stampOf(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 23)}+0000`;
}

export function dayOfMs(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10) as Day;
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The id of a thing with that name: 15 characters and three that make it safe to compare without case. */
export function idFor(prefix: string, key: string): string {
  let number = "";
  for (let hash = hashOf(key); number.length < 9; hash /= 62n) number += BASE62[Number(hash % 62n)] ?? "0";
  return longId(`${prefix}5g0${number}`);
}

/** 64 bits of FNV-1a, spread by a last mix. */
function hashOf(key: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(key, "utf8")) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  hash ^= hash >> 33n;
  return BigInt.asUintN(64, hash * 0xff51afd7ed558ccdn) ^ (hash >> 29n);
}

/** The 18 characters for 15: each of the last three tells which of five letters are capitals. */
export function longId(id: string): string {
  if (id.length !== 15) return id;
  let check = "";
  for (let part = 0; part < 3; part += 1) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(id[part * 5 + at] ?? "")) bits |= 1 << at;
    check += CHECK[bits];
  }
  return id + check;
}

export const isId = (text: string): boolean => /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text);
