/** Cells a spreadsheet would take for a formula: text from a CRM must never run on somebody's machine. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/** One line of a CSV file for people (RFC 4180, ended by CRLF). Text that looks like a formula gets an apostrophe in front; numbers are
 *  written as they are; null is an empty cell. Import files for a CRM MUST NOT use this: there the text has to stay as it is. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
