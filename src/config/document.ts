import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { interpolate, type Lookup, type Origin } from "./interpolate.ts";

export type Path = readonly (string | number)[];

/** Where a key stands in the file, and where its value came from. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Of the value; equal to the key's where it has none. */
  readonly valueLine: number;
  readonly valueColumn: number;
  /** Empty for a value written in the file itself. */
  readonly origins: readonly Origin[];
}

/** One mistake in the file. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** Dotted key; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

export interface SourceDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  place(path: Path): Place | undefined;
}

const MOST_NODES = 100_000;

/** `alerts.rules[0].id` */
export function dotted(path: Path): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}

/** Reads YAML with positions and puts references in place. A reference always gives a text. */
export function readDocument(text: string, lookup: Lookup): SourceDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  // One slip makes the parser stumble on: duplicate keys are all worth telling, of anything else the first.
  const slips = [...document.errors, ...document.warnings];
  const problems: Problem[] = slips
    .filter((error, index) => index === 0 || error.code === "DUPLICATE_KEY")
    .map((error) => {
      const at = counter.linePos(error.pos[0]);
      const line = text.split("\n")[at.line - 1] ?? "";
      return { line: at.line, column: at.col, key: "", message: yamlWords(error.code, error.message, line) };
    });
  const places = new Map<string, Place>();
  const walker = { document, counter, lookup, places, problems, nodes: 0 };
  const value = problems.length > 0 ? undefined : visit(walker, document.contents, []);
  return { value, problems, place: (path) => places.get(JSON.stringify(path)) };
}

interface Walker {
  readonly document: Document;
  readonly counter: LineCounter;
  readonly lookup: Lookup;
  readonly places: Map<string, Place>;
  readonly problems: Problem[];
  nodes: number;
}

function visit(walker: Walker, node: unknown, path: Path): unknown {
  walker.nodes++;
  if (walker.nodes > MOST_NODES) return null;
  if (isAlias(node)) return visit(walker, node.resolve(walker.document), path);
  if (isMap(node))
    return Object.fromEntries(node.items.map((pair) => [keyOf(pair.key), entry(walker, pair.key, pair.value, path, keyOf(pair.key))]));
  if (isSeq(node)) return node.items.map((item, index) => entry(walker, item, item, path, index));
  if (isScalar(node)) return typeof node.value === "string" ? scalar(walker, node, path) : node.value;
  return null;
}

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

function entry(walker: Walker, key: unknown, value: unknown, parent: Path, name: string | number): unknown {
  const path = [...parent, name];
  const at = positionOf(walker, key) ?? { line: 1, col: 1 };
  const valueAt = positionOf(walker, value) ?? at;
  const place = { line: at.line, column: at.col, valueLine: valueAt.line, valueColumn: valueAt.col, origins: [] };
  walker.places.set(JSON.stringify(path), place);
  return visit(walker, value, path);
}

function positionOf(walker: Walker, node: unknown): { line: number; col: number } | null {
  const range = (node as Node | null)?.range;
  return range === undefined || range === null ? null : walker.counter.linePos(range[0]);
}

function scalar(walker: Walker, node: { value: unknown }, path: Path): unknown {
  const written = String(node.value);
  if (!written.includes("${")) return written;
  const result = interpolate(written, walker.lookup);
  const key = JSON.stringify(path);
  const place = walker.places.get(key);
  if (result.state === "bad") {
    walker.problems.push({ line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key: dotted(path), message: result.message });
    return undefined;
  }
  if (place !== undefined) walker.places.set(key, { ...place, origins: result.origins });
  return result.text;
}

function yamlWords(code: string, message: string, line: string): string {
  if (/[{[][^"']*\$\{/.test(line) && code !== "DUPLICATE_KEY") return `not YAML: put the \${…} in quotes`;
  switch (code) {
    case "DUPLICATE_KEY":
      return "this key stands here a second time; keep one of them";
    case "TAB_AS_INDENT":
      return "a tab; expected spaces";
    case "BAD_INDENT":
      return "not YAML: the indentation does not fit the lines above";
    default:
      return `not YAML: ${message.split("\n")[0] ?? message}`;
  }
}

/** Every scalar below a value, with its path. */
export function leaves(value: unknown, path: Path): readonly { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  }
  return [{ path, value }];
}
