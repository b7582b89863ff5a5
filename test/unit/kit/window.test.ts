import fc from "fast-check";
import { expect, test } from "vitest";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import { nextWindow, slices } from "#kit/window.ts";

const at = (text: string): Instant => `2026-06-30T${text}.000Z` as Instant;
const rules = { overlapMs: 300_000, settleMs: 60_000 };

test("a window begins before the cursor by the overlap and ends before now by the settle time", () => {
  expect(nextWindow(at("12:00:00"), at("12:30:00"), rules)).toEqual({ from: at("11:55:00"), to: at("12:29:00") });
});

test("nothing is read while nothing has settled since the cursor", () => {
  expect(nextWindow(at("12:00:00"), at("12:01:00"), rules)).toBeNull();
  expect(nextWindow(at("12:00:00"), at("11:00:00"), rules)).toBeNull();
});

test("slices cover the window once, without gap or shared millisecond", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2e12 }),
      fc.integer({ min: 0, max: 1e7 }),
      fc.integer({ min: 1e4, max: 1e7 }),
      (from, length, max) => {
        const window = { from: instantFromMs(from), to: instantFromMs(from + length) };
        const pieces = slices(window, max);
        expect(pieces[0]?.from).toBe(window.from);
        expect(pieces.at(-1)?.to).toBe(window.to);
        for (const [index, piece] of pieces.entries()) {
          expect(msOf(piece.to)).toBeGreaterThanOrEqual(msOf(piece.from));
          if (index > 0) expect(msOf(piece.from)).toBe(msOf(pieces[index - 1]?.to ?? piece.to) + 1);
        }
      },
    ),
    { seed: 3 },
  );
});
