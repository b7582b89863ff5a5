import type { z } from "zod";
import type { Path, SourceDocument } from "./document.ts";

/** A reference gives a text; where the schema wants a number or a yes/no and the text is one, it is read as such.
 *  Returns a changed copy, or null when there is nothing to read. */
export function readReferences(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  document: SourceDocument,
  home: (inner: Path) => Path = (inner) => inner,
): unknown {
  let changed: unknown = null;
  for (const issue of issues) {
    if (issue.code !== "invalid_type") continue;
    const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    if ((document.place(home(path))?.origins.length ?? 0) === 0) continue;
    const read = typed(at(value, path), issue.expected);
    if (read === undefined) continue;
    changed ??= structuredClone(value);
    put(changed, path, read);
  }
  return changed;
}

function typed(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== "string") return undefined;
  if ((expected === "number" || expected === "int") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (expected === "boolean" && (text === "true" || text === "false")) return text === "true";
  return undefined;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, part) => (isContainer(here) ? here[part] : undefined), value);
}

function put(value: unknown, path: Path, item: unknown): void {
  const parent = at(value, path.slice(0, -1));
  const last = path.at(-1);
  if (isContainer(parent) && last !== undefined) parent[last] = item;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
