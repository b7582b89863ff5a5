/** Controls, line ends included; and characters that reorder or hide the text around them (E10). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Text of a CRM made fit for one line of a mail: no controls, nothing that reorders, at most `max` visible characters.
 *  It is still to be escaped for HTML. */
export function cleanText(text: string, max: number): string {
  const line = text
    // Bounds the work: a megabyte of combining marks is one visible character.
    .slice(0, max * 16)
    .toWellFormed()
    .replaceAll(CONTROLS, " ")
    .replaceAll(INVISIBLE, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const limit = max * 4;
  const parts: string[] = [];
  let length = 0;
  for (const { segment } of graphemes.segment(line)) {
    length += segment.length;
    if (parts.length === max || length > limit)
      return `${parts
        .slice(0, max - 1)
        .join("")
        .trimEnd()}…`;
    parts.push(segment);
  }
  return parts.join("");
}

/** A link we may put into a mail: http or https and nothing else. */
export function safeLink(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? url : null;
}
