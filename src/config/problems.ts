import type { z } from "zod";
import { nearest } from "#core/nearest.ts";
import { dotted, type Path, type Place, type Problem, type SourceDocument } from "./document.ts";
import type { JsonSchema } from "./json-schema.ts";
import { keysAt } from "./json-schema.ts";

/** What a schema found, in words, with the place in the file and the nearest valid name. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  document: SourceDocument,
  schema: JsonSchema,
  /** From a path of the schema to its place in the file. */
  home: (inner: Path) => Path = (inner) => inner,
): readonly Problem[] {
  return issues.flatMap((issue) => {
    const inner = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    const path = home(inner);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey(key, path, keysAt(schema, inner), document));
    }
    return [at(placeOf(document, path), path, words(issue, valueAt(document, path)))];
  });
}

function unknownKey(key: string, parent: Path, known: readonly string[], document: SourceDocument): Problem {
  const meant = nearest(key, known);
  const hint =
    meant !== null ? `did you mean '${meant}'?` : known.length > 0 ? `expected one of: ${[...known].sort().join(", ")}` : "no such key";
  const path = [...parent, key];
  const place = document.place(path);
  return { line: place?.line ?? 1, column: place?.column ?? 1, key: dotted(path), message: `unknown key; ${hint}` };
}

function at(place: Place | undefined, path: Path, message: string): Problem {
  return { line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key: dotted(path), message };
}

/** The place of the key, or of the nearest key around it that is written in the file. */
export function placeOf(document: SourceDocument, path: Path): Place | undefined {
  for (let length = path.length; length > 0; length--) {
    const place = document.place(path.slice(0, length));
    if (place !== undefined) return place;
  }
  return undefined;
}

interface Shown {
  readonly isThere: boolean;
  /** The value in quotes; empty where it must not be shown. */
  readonly text: string;
}

function valueAt(document: SourceDocument, path: Path): Shown {
  let value: unknown = document.value;
  for (const part of path) value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  const isOwn = (document.place(path)?.origins ?? []).length === 0 && !isSecretKey(path);
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  return { isThere: value !== undefined, text: isOwn && isPlain ? `'${String(value).slice(0, 60)}'` : "" };
}

function words(issue: z.core.$ZodIssue, value: Shown): string {
  if (!value.isThere && issue.code !== "custom") return `is missing; ${expectation(issue)}`;
  if (issue.code === "custom") return value.isThere && value.text !== "" ? `${issue.message}, got ${value.text}` : issue.message;
  const got = value.text === "" ? "" : `, got ${value.text}`;
  const meant = issue.code === "invalid_value" ? nearest(value.text.replaceAll("'", ""), issue.values.map(String)) : null;
  return `${expectation(issue)}${got}${meant === null ? "" : `; did you mean '${meant}'?`}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `expected '${String(issue.values[0])}'`
        : `expected one of: ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `expected at least ${issue.minimum}`
        : "expected a value that is not empty";
    case "too_big":
      return `expected at most ${issue.maximum}`;
    case "invalid_union":
      return unionWords(issue.errors);
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function unionWords(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const said = branches.flatMap((branch) => branch.slice(0, 1)).map((issue) => expectation(issue).replace(/^expected /, ""));
  return `expected ${[...new Set(said)].join(" or ")}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "keys and values",
  record: "keys and values",
  array: "a list",
};

const SECRET_KEYS: ReadonlySet<string> = new Set(
  "token accessToken clientSecret password passphrase privateKey refreshToken secret signingKey apiKey".split(" "),
);

/** Keys whose values are masks everywhere. */
export function isSecretKey(path: Path): boolean {
  return SECRET_KEYS.has(String(path.at(-1)));
}
