import { resolve } from "node:path";
import type { Organization } from "#core/organization.ts";
import type { Change, RecordType } from "#core/records.ts";
import { zone } from "#core/time/zone.ts";
import type { CsvRow } from "#kit/csv.ts";
import { type CsvSource, columnIndexes, openCsv } from "#kit/csv-file.ts";
import { type CellReader, cellReader, type Fault } from "./cells.ts";
import type { FileFormat, FileKind, Files } from "./config.ts";
import type { Source } from "./plan.ts";

/** The configured files and what is needed to read them. */
export interface FileSet {
  readonly files: Files;
  readonly directory: string;
  readonly organization: Organization;
}

/** What one row came to: its changes, or why it was refused (then `changes` still tells its ids, where they could be read). */
export interface ReadRow {
  readonly file: FileKind;
  readonly line: number;
  readonly role: Source["role"];
  readonly type: RecordType;
  readonly changes: readonly Change[];
  readonly fault: Fault | null;
  readonly cells: readonly string[];
}

export function formatOf(files: Files, kind: FileKind): FileFormat {
  const format = files[kind];
  if (format === undefined) throw new Error(`file ${kind} is not configured`);
  return format;
}

export function csvSource(set: FileSet, kind: FileKind): CsvSource {
  const { path, delimiter, encoding } = formatOf(set.files, kind);
  return { path: resolve(set.directory, path), delimiter, encoding };
}

/** The rows of all sources in order, batch by batch. Throws the file errors of `openCsv` and `columnIndexes`. */
export async function* readSources(
  set: FileSet,
  sources: readonly Source[],
  type: RecordType,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadRow[], void, void> {
  for (const source of sources) {
    const { reader, batches } = await openFile(set, source.file, signal);
    for await (const batch of batches) yield batch.map((row) => readRow(row, source, reader, type));
  }
}

/** A file opened with its header checked. */
export async function openFile(
  set: FileSet,
  kind: FileKind,
  signal: AbortSignal,
): Promise<{
  readonly header: readonly string[];
  readonly reader: CellReader;
  readonly batches: AsyncGenerator<readonly CsvRow[], void, void>;
}> {
  const csv = csvSource(set, kind);
  const { header, batches } = await openCsv(csv, signal);
  const indexes = columnIndexes(csv.path, header, columnsOf(set.files, kind));
  return { header, reader: cellReader(formatOf(set.files, kind), indexes, header, zone(set.organization.timeZone)), batches };
}

function columnsOf(files: Files, kind: FileKind): Readonly<Record<string, string>> {
  const columns: Readonly<Record<string, string | undefined>> = files[kind]?.columns ?? {};
  const dimensions = kind === "deals" ? Object.entries(files.deals.dimensions ?? {}) : [];
  const named = Object.entries(columns).flatMap(([key, name]) => (name === undefined ? [] : [[key, name] as const]));
  return Object.fromEntries([...named, ...dimensions.map(([name, column]) => [`dimension:${name}`, column] as const)]);
}

function readRow(row: CsvRow, source: Source, reader: CellReader, type: RecordType): ReadRow {
  reader.load(row);
  const isWhole = reader.fault() === null;
  const changes = isWhole ? source.map(reader) : [];
  return { file: source.file, line: row.line, role: source.role, type, changes, fault: reader.fault(), cells: row.cells };
}
