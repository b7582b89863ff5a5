import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "#kit/json.ts";
import { cleanText, unkeepable } from "#kit/text.ts";

test("NUL and lone surrogates become U+FFFD and are counted; all else is left", () => {
  expect(cleanText("a\0b\uD800c😀")).toBe("a\uFFFDb\uFFFDc😀");
  expect(unkeepable("a\0b\uD800c😀")).toBe(2);
  expect(unkeepable("Łódź 東京 한국 \uFFFD")).toBe(0);
});

test("ids beyond 2^53 keep every digit, wherever they stand", () => {
  const text = '{"id": 90071992547409931, "list": [12345678901234567,-98765432109876543], "small": 42, "amount": 1.5}';
  expect(parseJson(text)).toEqual({ id: "90071992547409931", list: ["12345678901234567", "-98765432109876543"], small: 42, amount: 1.5 });
});

test("long digits inside a string are not touched, escaped quotes included", () => {
  const value = { name: 'say "90071992547409931": 90071992547409931, and \\', id: "1" };
  expect(parseJson(`{"x":12345678901234567,"v":${JSON.stringify(value)}}`)).toEqual({ x: "12345678901234567", v: value });
});

test("numbers with a fraction or exponent stay numbers", () => {
  expect(parseJson("[1234567890123456.5, 12345678901234567e-2]")).toEqual([1234567890123456.5, 123456789012345.67]);
});

test("any other JSON reads as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      if (/\d{16}/.test(text)) return;
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
    { seed: 5 },
  );
});

test("a body cut anywhere is refused", () => {
  const text = '{"results":[{"id":90071992547409931,"name":"x"}]}';
  for (let length = 0; length < text.length; length += 1) expect(() => parseJson(text.slice(0, length))).toThrow(SyntaxError);
});
