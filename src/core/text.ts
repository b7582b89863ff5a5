/** Replaces what no database keeps (NUL, surrogates without their partner) by U+FFFD; the same string when there is none (law 4). */
export function cleanText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "\uFFFD") : whole;
}

/** How many characters `cleanText` would replace. */
export function unkeepable(text: string): number {
  if (text.isWellFormed() && !text.includes("\0")) return 0;
  const cleaned = cleanText(text);
  let count = 0;
  for (let index = 0; index < text.length; index += 1) if (text[index] !== cleaned[index]) count += 1;
  return count;
}
