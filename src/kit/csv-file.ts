import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import iconv from "iconv-lite";
import { AppError, type AppErrorOptions } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import { type CsvRow, csvTokenizer } from "./csv.ts";

/** Where a CSV file is and how it is written. */
export interface CsvSource {
  readonly path: string;
  /** One character. */
  readonly delimiter: string;
  /** A name iconv-lite knows, such as `utf-8` or `windows-1250`; a byte order mark in the file overrules it. */
  readonly encoding: string;
}

/** The column names of the first line, and the rows below it in batches of one piece of the file. */
export interface CsvContent {
  readonly header: readonly string[];
  readonly batches: AsyncGenerator<readonly CsvRow[], void, void>;
}

const PIECE = 64 * 1024;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Opens the file and reads its header. Memory stays at a few pieces of the file however long it is.
 *  Throws `file.not_found`, `file.unreadable`, `file.empty`, `file.encoding` or `file.delimiter`, each with its remedy. */
export async function openCsv(source: CsvSource, signal: AbortSignal): Promise<CsvContent> {
  const batches = tokenize(source, signal);
  const first = await batches.next();
  const header = first.done === true ? undefined : first.value[0];
  if (first.done === true || header === undefined) {
    throw fileError(source.path, "file.empty", "is empty, not even a header line; nothing was read or deleted: export it again");
  }
  if (header.fault !== null) {
    throw fileError(source.path, "file.header", "has a header line with a quote that is never closed: export it again");
  }
  const names = header.cells.map((name) => name.trim());
  checkDelimiter(source, names);
  const rest = first.value.slice(1);
  return {
    header: names,
    batches: (async function* () {
      if (rest.length > 0) yield rest;
      yield* batches;
    })(),
  };
}

async function* tokenize(source: CsvSource, signal: AbortSignal): AsyncGenerator<readonly CsvRow[], void, void> {
  let tokenizer: ReturnType<typeof csvTokenizer> | null = null;
  for await (const piece of textOf(source)) {
    if (signal.aborted) return;
    const text = piece.includes("\0") ? piece.replaceAll("\0", "\uFFFD") : piece;
    tokenizer ??= csvTokenizer(source.delimiter, text.includes("\r") && !text.includes("\n") ? "\r" : "\n");
    const rows = tokenizer.push(text);
    if (rows.length > 0) yield rows;
  }
  const last = tokenizer?.end() ?? [];
  if (last.length > 0) yield last;
}

/** The file's text in well-formed pieces (law 4: no lone surrogates). */
async function* textOf(source: CsvSource): AsyncGenerator<string, void, void> {
  const encoding = (await markedEncoding(source.path)) ?? source.encoding;
  if (!iconv.encodingExists(encoding)) {
    const message = `is said to be '${encoding}', which is no known encoding: set \`encoding\` to utf-8, windows-1250, windows-1252, iso-8859-2, shift_jis …`;
    throw fileError(source.path, "file.encoding", message);
  }
  const isUtf8 = /^utf-?8$/i.test(encoding);
  const utf8 = new TextDecoder();
  const other = iconv.getDecoder(encoding);
  try {
    for await (const bytes of createReadStream(source.path, { highWaterMark: PIECE })) {
      const text = isUtf8 ? utf8.decode(bytes, { stream: true }) : other.write(bytes);
      if (text !== "") yield text.toWellFormed();
    }
    const tail = isUtf8 ? utf8.decode() : (other.end() ?? "");
    if (tail !== "") yield tail.toWellFormed();
  } catch (cause) {
    throw readError(source.path, cause);
  }
}

/** Spreadsheets save "Unicode text" as UTF-16 with a mark: reading that as anything else gives rubbish. */
async function markedEncoding(path: string): Promise<string | null> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0);
    if (bytesRead >= 2 && buffer[0] === 0xff && buffer[1] === 0xfe) return "utf-16le";
    if (bytesRead >= 2 && buffer[0] === 0xfe && buffer[1] === 0xff) return "utf-16be";
    return bytesRead === 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? "utf-8" : null;
  } catch (cause) {
    throw readError(path, cause);
  }
}

function checkDelimiter(source: CsvSource, header: readonly string[]): void {
  const only = header.length === 1 ? header[0] : undefined;
  if (only === undefined || only.length < 3 || source.delimiter === "\u0000") return;
  const likely = DELIMITERS.filter((one) => one !== source.delimiter)
    .map((one) => ({ one, times: only.split(one).length - 1 }))
    .sort((a, b) => b.times - a.times)[0];
  if (likely === undefined || likely.times === 0) return;
  const name = likely.one === "\t" ? "\\t" : likely.one;
  const given = source.delimiter === "\t" ? "\\t" : source.delimiter;
  throw fileError(
    source.path,
    "file.delimiter",
    `has one column when split at '${given}'; it looks split at '${name}': set \`delimiter: "${name}"\``,
  );
}

/** Index of each wanted column; throws `file.missing_column` naming the nearest one that is there. */
export function columnIndexes<K extends string>(
  path: string,
  header: readonly string[],
  wanted: Readonly<Partial<Record<K, string>>>,
): ReadonlyMap<K, number> {
  const found = new Map<K, number>();
  for (const [key, name] of Object.entries<string | undefined>(wanted)) {
    if (name === undefined) continue;
    const index = header.indexOf(name);
    if (index < 0) {
      const close = nearest(name, header);
      const hint = close === null ? `it has ${header.slice(0, 20).join(", ")}` : `did you mean '${close}'?`;
      throw fileError(path, "file.missing_column", `has no column '${name}' (wanted for ${key}); ${hint}`);
    }
    found.set(key as K, index);
  }
  return found;
}

/** An error about the whole file: `name text`, for the operator to put right. */
export function fileError(path: string, code: string, text: string, more: Partial<AppErrorOptions> = {}): AppError {
  return new AppError({ code, recovery: "configure", message: `${basename(path)} ${text}.`, ...more });
}

/** An error of the file system in words. */
export function readError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !("code" in cause)) return cause;
  if (cause.code === "ENOENT") {
    return fileError(path, "file.not_found", `is not there (looked for ${path}): put it there or correct \`path\``, { cause });
  }
  const why = cause.code === "EISDIR" ? "is a folder" : `can't be read (${String(cause.code)})`;
  return fileError(path, "file.unreadable", `${why}: check the path ${path} and its permissions`, { cause });
}
