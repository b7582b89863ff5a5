import type { Instant } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import type { CsvRow } from "#kit/csv.ts";
import { type CellTime, dateReader, decimalText } from "#kit/csv-values.ts";
import type { FileFormat } from "./config.ts";

/** Why a row was refused; `code` is catalogued. */
export interface Fault {
  readonly code: string;
  readonly reason: string;
}

/** Our columns of the present row. Faults are noted, not thrown: the first one is kept and the row is refused as a whole. */
export interface Cells {
  /** Trimmed and put through the column's value map; null when empty or not mapped. */
  text(key: string): string | null;
  /** As `text`; empty is a fault. */
  required(key: string): string;
  time(key: string): CellTime | null;
  /** As `time`; a day alone is its first instant. */
  instant(key: string): Instant | null;
  /** Plain decimal text. */
  decimal(key: string): string | null;
  /** One of the words, in any case; another word is a fault. */
  oneOf<T extends string>(key: string, words: readonly T[]): T | null;
  refuse(code: string, reason: string): void;
  /** All mapped cells, for ids made of content. */
  all(): readonly string[];
  /** The column's name in the file, for messages. */
  columnOf(key: string): string;
}

/** Cells of one file, loaded row by row. */
export interface CellReader extends Cells {
  load(row: CsvRow): void;
  fault(): Fault | null;
}

export function cellReader(format: FileFormat, indexes: ReadonlyMap<string, number>, header: readonly string[], zone: Zone): CellReader {
  const read = dateReader(format.dates, zone);
  const maps = valueMaps(format.values);
  let cells: readonly string[] = [];
  let fault: Fault | null = null;
  const columnOf = (key: string): string => header[indexes.get(key) ?? -1] ?? key;
  const refuse = (code: string, reason: string): void => {
    fault ??= { code, reason };
  };
  const text = (key: string): string | null => {
    const index = indexes.get(key);
    if (index === undefined) return null;
    const value = (cells[index] ?? "").trim();
    const map = maps.get(key);
    const mapped = map === undefined ? value : (map.get(value) ?? map.get("*") ?? value);
    return mapped === "" ? null : mapped;
  };
  const time = (key: string): CellTime | null => {
    const value = text(key);
    if (value === null) return null;
    const found = read(value);
    if (found === null) {
      const form = format.dates === "iso" ? "2026-01-31" : format.dates;
      refuse("record.bad_date", `${columnOf(key)} is '${shown(value)}', expected a date like ${form}`);
    }
    return found;
  };
  return {
    load: (row) => {
      cells = row.cells;
      fault = null;
      if (row.fault === "unclosed_quote") refuse("record.bad_quote", "a quote is opened and never closed");
      else if (row.fault === "text_after_quote")
        refuse("record.bad_quote", "text follows a closing quote; a quote inside a cell is written twice");
      else if (cells.length !== header.length) refuse("record.cell_count", `has ${cells.length} cells, the header has ${header.length}`);
    },
    fault: () => fault,
    text,
    required: (key) => {
      const value = text(key);
      if (value === null) refuse("record.missing_field", `${columnOf(key)} is empty`);
      return value ?? "";
    },
    time,
    instant: (key) => time(key)?.from ?? null,
    decimal: (key) => {
      const value = text(key);
      if (value === null) return null;
      const number = decimalText(value, format.decimal);
      if (number === null)
        refuse(
          "record.bad_amount",
          `${columnOf(key)} is '${shown(value)}', expected a number with '${format.decimal}' before its decimals`,
        );
      return number;
    },
    oneOf: (key, words) => {
      const value = text(key);
      if (value === null) return null;
      const word = words.find((one) => one === value.toLowerCase());
      if (word === undefined)
        refuse("record.unknown_value", `${columnOf(key)} is '${shown(value)}', expected ${words.join(", ")}; map it with \`values\``);
      return word ?? null;
    },
    refuse,
    all: () => cells,
    columnOf,
  };
}

function valueMaps(values: FileFormat["values"]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(Object.entries(values ?? {}).map(([key, map]) => [key, new Map(Object.entries(map))]));
}

/** Enough of a cell to recognise it. */
export function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
