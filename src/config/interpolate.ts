import { nearest } from "#core/nearest.ts";

/** Where a value came from, as `config print` shows it. */
export interface Origin {
  readonly source: string;
  /** Came out of `.env` or a file of its own: shown as a mask. */
  readonly isSecret: boolean;
}

/** What `${…}` can refer to. */
export interface Lookup {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly envFile: ReadonlyMap<string, string>;
  /** Content of a file named by `${file:…}`; null when it can't be read. */
  readFile(path: string): string | null;
}

export type Interpolated =
  | { readonly state: "ok"; readonly text: string; readonly origins: readonly Origin[] }
  | { readonly state: "bad"; readonly message: string };

const REFERENCE = /\$(\$\{|\{(file:)?([^}]*)\})/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/** Puts `${NAME}`, `${NAME:-default}` and `${file:path}` in place; `$${` is a plain `${`. The environment wins over `.env`. */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const origins: Origin[] = [];
  let problem: string | null = null;
  const filled = text.replaceAll(REFERENCE, (_all, escaped: string, isFile: string | undefined, body: string | undefined) => {
    if (escaped === "${") return "${";
    const found = isFile === undefined ? variable(body ?? "", lookup) : file(body ?? "", lookup);
    if (typeof found === "string") {
      problem ??= found;
      return "";
    }
    origins.push(found.origin);
    return found.value;
  });
  return problem === null ? { state: "ok", text: filled, origins } : { state: "bad", message: problem };
}

type Found = { readonly value: string; readonly origin: Origin };

function variable(body: string, lookup: Lookup): Found | string {
  const parts = NAME.exec(body);
  if (parts === null) return `'\${${body}}' is no reference; expected \${NAME}, \${NAME:-default} or \${file:path}`;
  const [, name = "", fallback] = parts;
  const set = lookup.env[name];
  // As in a shell, `:-` also stands in for a variable that is set but empty.
  if (set !== undefined && (set !== "" || fallback === undefined))
    return { value: set, origin: { source: `environment ${name}`, isSecret: false } };
  const stored = lookup.envFile.get(name);
  if (stored !== undefined && stored !== "") return { value: stored, origin: { source: `.env ${name}`, isSecret: true } };
  if (fallback !== undefined) return { value: fallback, origin: { source: `default in \${${name}}`, isSecret: false } };
  if (stored !== undefined) return `${name} stands in .env without a value; put ${name}=value there`;
  const meant = nearest(name, [...lookup.envFile.keys()]);
  const hint = meant === null ? "" : `; .env has ${meant}`;
  return `the environment variable ${name} is not set${hint}; set it, or put ${name}=value into .env beside this file`;
}

function file(path: string, lookup: Lookup): Found | string {
  const content = lookup.readFile(path);
  if (content === null) return `the file '${path}' can't be read; expected a file with the value, relative to this one`;
  return { value: content.replace(/\r?\n$/, ""), origin: { source: `file ${path}`, isSecret: true } };
}
