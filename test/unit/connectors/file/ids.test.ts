import fc from "fast-check";
import { expect, test } from "vitest";
import { smallestIds } from "#connectors/file/ids.ts";
import { packedIds } from "#connectors/file/packed-ids.ts";

const id = fc.string({ unit: fc.constantFrom("a", "b", "Z", "9", "ż", "\uE000", "😀", "-"), minLength: 1, maxLength: 20 });
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));

test("holds each id once and lists them by their bytes", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 400 }), fc.option(id), (ids, after) => {
      const packed = packedIds();
      const plain = new Set<string>();
      for (const one of ids) {
        expect(packed.has(one)).toBe(plain.has(one));
        expect(packed.add(one)).toBe(!plain.has(one));
        plain.add(one);
      }
      expect(packed.size).toBe(plain.size);
      const sorted = packed.sorted(after);
      const expected = [...plain].sort(byBytes).filter((one) => after === null || byBytes(one, after) > 0);
      expect(sorted.slice(0, sorted.length)).toEqual(expected);
    }),
  );
});

test("gathers the smallest ids part by part until none is left", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (ids, limit) => {
      const found: string[] = [];
      let after: string | null = null;
      for (let isLast = false; !isLast; ) {
        const smallest = smallestIds(after, limit);
        for (const one of ids) smallest.add(one);
        const part = smallest.take();
        found.push(...part.ids.slice(0, part.ids.length));
        expect(part.ids.length).toBeLessThanOrEqual(limit);
        isLast = part.isLast;
        after = found.at(-1) ?? null;
      }
      expect(found).toEqual([...new Set(ids)].sort(byBytes));
    }),
  );
});
