import { randomUUID } from "node:crypto";

/** The only source of chance; tests and the sandbox pass a seeded one. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh identifier, never repeated. */
  uuid(): string;
}

export function systemRng(): Rng {
  return { next: () => Math.random(), uuid: () => randomUUID() };
}

/** Repeatable chance (mulberry32): the same seed gives the same sequence on every machine. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join("");
  return { next, uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}` };
}
