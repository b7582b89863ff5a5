import { expect, test } from "vitest";
import { csvLine } from "#core/csv.ts";

test("text that looks like a formula is made harmless, numbers stay numbers", () => {
  expect(csvLine(["=1+1", "+49", "-x", "@sum", "\t=1", " =1", -5, 0.5, null, "plain"])).toBe(
    "'=1+1,'+49,'-x,'@sum,'\t=1,' =1,-5,0.5,,plain\r\n",
  );
});

test("quotes, commas and line ends are quoted", () => {
  expect(csvLine(['a "b"', "c,d", "e\nf"])).toBe('"a ""b""","c,d","e\nf"\r\n');
});
