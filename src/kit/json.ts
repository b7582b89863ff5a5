/** Could hold an integer beyond 2^53: worth the careful reading. */
const LONG_NUMBER = /[:[,]\s*-?\d{16,}/;
/** A string (taken whole, so that nothing inside it is touched), or a whole number of 16 digits and more. */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** JSON.parse that keeps long ids: whole numbers of 16 and more digits arrive as text. Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(STRING_OR_LONG, (token) => (token.startsWith('"') ? token : `"${token}"`)));
}
