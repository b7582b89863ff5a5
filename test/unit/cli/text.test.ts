import { expect, test } from "vitest";
import { bar, cut, harmless, printable, table, width } from "#cli/text.ts";

const ESC = "\u001b";

test("CRM text can't steer the terminal", () => {
  expect(harmless(`a${ESC}[31mb${ESC}]0;title\u0007\rc\nd\u202ee`)).toBe("ab ]0;title  c d e");
});

test("output keeps its own colours and nothing else", () => {
  const text = `${ESC}[1mbold${ESC}[0m${ESC}[2Jx\r\n`;
  expect(printable(text, true)).toBe(`${ESC}[1mbold${ESC}[0m[2Jx\n`);
  expect(printable(text, false)).toBe("bold[2Jx\n");
});

test("CJK and emoji take two columns, colours none", () => {
  expect(width("日本")).toBe(4);
  expect(width("👩‍💻")).toBe(2);
  expect(width(`${ESC}[1mab${ESC}[0m`)).toBe(2);
  expect(cut("日本語", 5)).toBe("日本…");
});

test("table columns line up and numbers stand right", () => {
  expect(
    table(
      [{ title: "who" }, { title: "n", align: "right" }],
      [
        ["日", "5"],
        ["ana", "12"],
      ],
    ),
  ).toBe("who   n\n日    5\nana  12");
});

test("a bar is as long as its share and never longer than its room", () => {
  expect(bar(0.5, 4)).toBe("██");
  expect(bar(7, 4)).toBe("████");
  expect(bar(1 / 32, 4)).toBe("▏");
  expect(bar(-1, 4)).toBe("");
});
