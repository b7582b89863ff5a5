import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CsvRow, csvTokenizer } from "#kit/csv.ts";

function read(text: string, size = text.length, delimiter = ","): CsvRow[] {
  const tokenizer = csvTokenizer(delimiter, text.includes("\r") && !text.includes("\n") ? "\r" : "\n");
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, size)) rows.push(...tokenizer.push(text.slice(at, at + Math.max(1, size))));
  return [...rows, ...tokenizer.end()];
}
const cells = (text: string, size?: number): (readonly string[])[] => read(text, size).map((row) => row.cells);

test("splits plain lines, whatever ends them", () => {
  expect(cells("a,b\n1,2\n")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(cells("a,b\r\n1,2\r\n")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(cells("a,b\r1,2\r")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(cells("a,b\n1,2")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
});

test("quotes hold delimiters, newlines and doubled quotes", () => {
  expect(cells('"a,1","b\nc","say ""hi"""\nx,y,z\n')).toEqual([
    ["a,1", "b\nc", 'say "hi"'],
    ["x", "y", "z"],
  ]);
});

test("a quote inside an unquoted cell is text", () => {
  expect(cells('5" pipe,2\n')).toEqual([['5" pipe', "2"]]);
});

test("line numbers stay true after newlines in cells and blank lines", () => {
  const rows = read('h\n"two\nlines"\n\nlast\r\n"three\r\nmore\r\nlines"\r\nend\n');
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 5, 6, 9]);
});

test("a quote that never closes costs its own line only", () => {
  const rows = read('a,b\n"open,1\nc,2\nd,3\n');
  expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
    [1, null],
    [2, "unclosed_quote"],
    [3, null],
    [4, null],
  ]);
});

test("text after a closing quote is a fault of that line only", () => {
  const rows = read('"a"b,1\nc,2\n');
  expect(rows.map(({ fault }) => fault)).toEqual(["text_after_quote", null]);
});

test("short and long rows keep their own cells", () => {
  expect(cells("a,b,c\n1\n1,2,3,4\n")).toEqual([["a", "b", "c"], ["1"], ["1", "2", "3", "4"]]);
});

test("a cell of a megabyte goes through", () => {
  const big = "x".repeat(1024 * 1024);
  expect(cells(`a,b\n"${big}",2\n`, 65_536)[1]).toEqual([big, "2"]);
});

const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", ",", ";", '"', "\n", "\r\n", " ", "=") });
const table = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("\n", "\r\n")).chain(([width, newline]) =>
  fc.record({
    rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    newline: fc.constant(newline),
  }),
);
const written = (rows: readonly (readonly string[])[], newline: string): string =>
  rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")).join(newline) + newline;

test("agrees with csv-parse on any quoted table, however it is cut into pieces", () => {
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 40 }), ({ rows, newline }, size) => {
      const text = written(rows, newline);
      const oracle: string[][] = parse(text, { record_delimiter: [newline] });
      expect(cells(text, size)).toEqual(oracle);
    }),
  );
});

test("the pieces make no difference, even to broken text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n"), maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (text, size) => {
        if (text.includes("\r") && !text.includes("\n")) return;
        expect(read(text, size)).toEqual(read(text));
      },
    ),
  );
});
