import { basename } from "node:path";
import type { CsvRow } from "./csv.ts";
import { columnIndexes, fileError, openCsv } from "./csv-file.ts";

/** A line of a small file that could not be used; the others were. */
export interface LineProblem {
  readonly line: number;
  /** `people.csv line 3: …`, with what was expected. */
  readonly message: string;
}

/** One line by column name; a column that is not in the file reads as null, as does an empty cell. */
export interface TableLine<K extends string> {
  readonly line: number;
  cell(column: K): string | null;
}

/** What a line means, or what is wrong with it. */
export type LineResult<T> = { readonly row: T } | { readonly problem: string };

const DELIMITERS = [",", ";", "\t"] as const;

/** Reads a small file that people keep by hand (people.csv, targets.csv, rates): comma, semicolon or tab, any order of columns.
 *  `read` gives the line's meaning, or says in words what is wrong with it; bad lines never stop good ones. Throws the errors of a
 *  file that can't be read at all, and `file.unknown_column` for a column that has no meaning here. */
export async function readCsvTable<K extends string, T>(
  path: string,
  columns: { readonly required: readonly K[]; readonly optional: readonly K[] },
  read: (line: TableLine<K>) => LineResult<T>,
): Promise<{ readonly rows: readonly T[]; readonly problems: readonly LineProblem[] }> {
  const { header, batches } = await openAny(path);
  const known: readonly string[] = [...columns.required, ...columns.optional];
  const unknown = header.filter((name) => name !== "" && !known.includes(name));
  if (unknown.length > 0) {
    throw fileError(path, "file.unknown_column", `has the column '${unknown[0]}', which means nothing here; known are ${known.join(", ")}`);
  }
  const wanted = known.filter((name) => header.includes(name) || columns.required.some((one) => one === name));
  const indexes = columnIndexes(path, header, Object.fromEntries(wanted.map((name) => [name, name])));
  const rows: T[] = [];
  const problems: LineProblem[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      const result =
        wrongForm(row, header) ?? read({ line: row.line, cell: (column) => row.cells[indexes.get(column) ?? -1]?.trim() || null });
      if ("row" in result) rows.push(result.row);
      else problems.push({ line: row.line, message: `${basename(path)} line ${row.line}: ${result.problem}.` });
    }
  }
  return { rows, problems };
}

/** Trailing cells that are empty may be left out by hand. */
function wrongForm({ cells, fault }: CsvRow, header: readonly string[]): { readonly problem: string } | null {
  if (fault !== null) return { problem: "its quotes don't match" };
  return cells.length > header.length ? { problem: `has ${cells.length} cells, the header has ${header.length}` } : null;
}

/** People write these files with any spreadsheet: the header tells what it is split at. */
async function openAny(path: string): ReturnType<typeof openCsv> {
  const signal = new AbortController().signal;
  const first = await openCsv({ path, delimiter: "\u0000", encoding: "utf-8" }, signal);
  await first.batches.return();
  const [header = ""] = first.header;
  const delimiter = DELIMITERS.find((one) => header.includes(one)) ?? ",";
  return openCsv({ path, delimiter, encoding: "utf-8" }, signal);
}
