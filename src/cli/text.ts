const SGR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const CONTROL = /[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Text of a CRM made fit for one line of a terminal: no control, escape or direction characters. */
export function harmless(text: string): string {
  return text
    .replaceAll(SGR, "")
    .replaceAll(CONTROL, " ")
    .replaceAll(/[\t\n]/g, " ");
}

/** Whole output with every control character but line ends, tabs and (with `colours`) colour codes taken out. */
export function printable(text: string, colours: boolean): string {
  if (!colours) return text.replaceAll(SGR, "").replaceAll(CONTROL, "");
  let last = 0;
  let safe = "";
  for (const code of text.matchAll(SGR)) {
    safe += text.slice(last, code.index).replaceAll(CONTROL, "") + code[0];
    last = code.index + code[0].length;
  }
  return safe + text.slice(last).replaceAll(CONTROL, "");
}

/** Columns the text takes on a terminal: colours none, CJK and emoji two. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of segments.segment(text.replaceAll(SGR, ""))) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** Cut to `columns` with an ellipsis; uncoloured text only. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  for (const { segment } of segments.segment(text)) {
    if (width(kept) + width(segment) > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Aligned columns under a heading line. Cells may be coloured; CRM text in them MUST have gone through `harmless`. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) => Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ""))));
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? "", widths[index] ?? 0, column.align ?? "left"))
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)].join("\n");
}

function pad(text: string, columns: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, columns - width(text)));
  return align === "right" ? space + text : text + space;
}

/** A small bar of eighth blocks: `share` 0 to 1 of `columns`. */
export function bar(share: number, columns = 12): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const rest = eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + (rest === 0 ? "" : (" ▏▎▍▌▋▊▉"[rest] ?? ""));
}
