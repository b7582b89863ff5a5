/** One row of a CSV text. `fault` says why its cells can't be trusted; then they are empty. */
export interface CsvRow {
  /** The physical line on which the row begins, 1 for the first; true also after cells that hold newlines. */
  readonly line: number;
  readonly cells: readonly string[];
  readonly fault: CsvFault | null;
}
export type CsvFault = "unclosed_quote" | "text_after_quote";

/** Reads CSV text piece by piece. */
export interface CsvTokenizer {
  /** The rows completed by this piece. */
  push(text: string): CsvRow[];
  /** The rows left at the end of the text. */
  end(): CsvRow[];
}

/** A quoted cell that is still open after this many characters is taken for a stray quote. */
const MAX_RECORD = 16 * 1024 * 1024;
const QUOTE = '"';

/** RFC 4180 with any one-character delimiter; lines end in LF, CRLF or (`newline: "\r"`) CR; blank lines are passed over.
 *  A quote inside an unquoted cell is text. A quote that never closes costs the line it stands on, not the rest of the file.
 *  Own code because the packages at hand measured badly here: one joins a short row to the next line and drops a torn last one,
 *  the other takes seven times as long, which three passes over a large file would feel. Tests hold it against csv-parse. */
export function csvTokenizer(delimiter: string, newline: "\n" | "\r" = "\n"): CsvTokenizer {
  const form: Form = { delimiter, newline };
  let rest = "";
  let line = 1;
  const take = (text: string, isLast: boolean): CsvRow[] => {
    const rows: CsvRow[] = [];
    let at = 0;
    let quote = text.indexOf(QUOTE);
    while (at < text.length) {
      if (quote >= 0 && quote < at) quote = text.indexOf(QUOTE, at);
      const record = recordAt(text, at, quote, form, isLast || text.length - at >= MAX_RECORD);
      if (record === null) break;
      if (record.cells.length > 0 || record.fault !== null) rows.push({ line, cells: record.cells, fault: record.fault });
      line += record.lines;
      at = record.next;
    }
    rest = text.slice(at);
    return rows;
  };
  return {
    push: (text) => take(rest === "" ? text : rest + text, false),
    end: () => take(rest, true),
  };
}

interface Form {
  readonly delimiter: string;
  readonly newline: string;
}

/** A record and where the next one begins; a blank line has no cells. */
interface Taken {
  readonly cells: readonly string[];
  readonly fault: CsvFault | null;
  readonly lines: number;
  readonly next: number;
}

/** The record at `at`; null when its end is not in the text and more may come. `quote` is where the next quote stands. */
function recordAt(text: string, at: number, quote: number, form: Form, isFinal: boolean): Taken | null {
  const found = text.indexOf(form.newline, at);
  if (found < 0 && !isFinal) return null;
  const stop = found < 0 ? text.length : found;
  if (quote < 0 || quote >= stop) {
    const end = withoutReturn(text, at, stop);
    return { cells: end === at ? [] : text.slice(at, end).split(form.delimiter), fault: null, lines: 1, next: stop + 1 };
  }
  const record = quotedRecord(text, at, form, isFinal);
  if (record !== "open") return record === "broken" ? { cells: [], fault: "text_after_quote", lines: 1, next: stop + 1 } : record;
  return isFinal ? { cells: [], fault: "unclosed_quote", lines: 1, next: stop + 1 } : null;
}

/** A record with quotes in it. `open`: its end is not in the text; `broken`: text follows a closing quote. */
function quotedRecord(text: string, at: number, form: Form, isFinal: boolean): Taken | "open" | "broken" {
  const cells: string[] = [];
  let lines = 1;
  for (let from = at; ; ) {
    const cell = text[from] === QUOTE ? quotedCell(text, from, form, isFinal) : plainCell(text, from, form, isFinal);
    if (cell === null) return "open";
    cells.push(cell.text);
    lines += cell.breaks;
    if (cell.end >= text.length || text[cell.end] === form.newline) return { cells, fault: null, lines, next: cell.end + 1 };
    if (text[cell.end] !== form.delimiter) return "broken";
    from = cell.end + 1;
  }
}

interface Cell {
  readonly text: string;
  /** Newlines inside. */
  readonly breaks: number;
  /** Where the delimiter or newline after it stands. */
  readonly end: number;
}

function quotedCell(text: string, from: number, form: Form, isFinal: boolean): Cell | null {
  let close = text.indexOf(QUOTE, from + 1);
  while (close >= 0 && text[close + 1] === QUOTE) close = text.indexOf(QUOTE, close + 2);
  if (close < 0 || (close + 2 >= text.length && !isFinal)) return null;
  const raw = text.slice(from + 1, close);
  const end = text[close + 1] === "\r" && text[close + 2] === "\n" ? close + 2 : close + 1;
  return { text: raw.includes(QUOTE) ? raw.replaceAll('""', QUOTE) : raw, breaks: count(raw, form.newline), end };
}

function plainCell(text: string, from: number, form: Form, isFinal: boolean): Cell | null {
  const stop = orLength(text.indexOf(form.newline, from), text);
  const end = Math.min(orLength(text.indexOf(form.delimiter, from), text), stop);
  if (end === text.length && !isFinal) return null;
  return { text: text.slice(from, end === stop ? withoutReturn(text, from, stop) : end), breaks: 0, end };
}

function count(text: string, part: string): number {
  let times = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) times += 1;
  return times;
}

const orLength = (index: number, text: string): number => (index < 0 ? text.length : index);

/** Without the CR of a CRLF. */
const withoutReturn = (text: string, from: number, stop: number): number => (stop > from && text[stop - 1] === "\r" ? stop - 1 : stop);

/** A copy of a cell for keeping: V8 cuts long cells out of the text without copying, and one of them holds the whole piece in memory. */
export function ownText(cell: string): string {
  return cell.length < 13 ? cell : Buffer.from(cell, "utf8").toString("utf8");
}
