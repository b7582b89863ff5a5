import fc from "fast-check";
import { expect, test } from "vitest";
import { type Group, showableGroups } from "#people/level.ts";

const group = (name: string, from: number, to: number): Group => ({
  name,
  members: new Set(Array.from({ length: to - from }, (_, index) => `p${from + index}`)),
});

test("groups under five are not shown, nor those that would reveal a rest under five", () => {
  expect(showableGroups([group("four", 0, 4)])).toEqual([]);
  expect(showableGroups([group("all", 0, 12), group("most", 0, 9)]).map(({ name }) => name)).toEqual(["all"]);
  expect(showableGroups([group("all", 0, 12), group("half", 0, 6)]).map(({ name }) => name)).toEqual(["all", "half"]);
});

test("no shown group and no difference of two overlapping ones is about fewer than five", () => {
  const groups = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 15 })), { maxLength: 6 });
  fc.assert(
    fc.property(groups, (ranges) => {
      const shown = showableGroups(ranges.map(([from, length], index) => group(`g${index}`, from, from + length)));
      for (const a of shown) {
        expect(a.members.size).toBeGreaterThanOrEqual(5);
        for (const b of shown) {
          const rest = a.members.difference(b.members).size;
          const nested = b.members.isSubsetOf(a.members) && rest > 0;
          if (nested) expect(rest).toBeGreaterThanOrEqual(5);
        }
      }
    }),
  );
});
