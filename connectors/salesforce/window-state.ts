import type { Checkpoint } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";
import { isRow } from "./decode.ts";

/** A row in the order (time stamp, Id). */
export interface Position {
  readonly at: Instant;
  readonly id: string;
}

/** `[from, until)` of source time; null `from` is the beginning. Rows up to and with `after` are read. */
export interface Span {
  readonly from: Instant | null;
  readonly until: Instant;
  readonly after: Position | null;
}

/** Where a stream stands: everything before `readUpTo` is read, and a part of `span` while one is under way. */
export interface WindowState {
  readonly readUpTo: Instant | null;
  readonly span: Span | null;
  /** The fields that were read: when one is added, older rows lack it and all are read again. */
  readonly fields: readonly string[];
}

const VERSION = 1;

export function checkpointOf(state: WindowState): Checkpoint {
  const { readUpTo, span, fields } = state;
  const open = span === null ? null : { from: span.from, until: span.until, after: span.after === null ? null : { ...span.after } };
  return { v: VERSION, data: { readUpTo, span: open, fields: [...fields] } };
}

/** The state a checkpoint holds; the beginning without one, or when a field came in since. Throws `sync.checkpoint` for one of another make. */
export function stateOf(checkpoint: Checkpoint | null, fields: readonly string[], stream: string): WindowState {
  const beginning: WindowState = { readUpTo: null, span: null, fields };
  if (checkpoint === null) return beginning;
  const state = checkpoint.v === VERSION ? decode(checkpoint.data) : null;
  if (state === null) throw unknownCheckpoint(stream, checkpoint);
  return fields.every((field) => state.fields.includes(field)) ? state : beginning;
}

/** Throws `sync.checkpoint` for a checkpoint of another make. */
export function refuseUnknown(checkpoint: Checkpoint | null, stream: string): void {
  if (checkpoint !== null && checkpoint.v !== VERSION) throw unknownCheckpoint(stream, checkpoint);
}

function unknownCheckpoint(stream: string, checkpoint: Checkpoint): AppError {
  return new AppError({
    code: "sync.checkpoint",
    recovery: "abort",
    message: `The checkpoint of ${stream} (version ${checkpoint.v}) is not one this version can read: update the program, or read everything again with sync --full.`,
  });
}

function decode(data: unknown): WindowState | null {
  if (!isRow(data) || !Array.isArray(data["fields"])) return null;
  const readUpTo = optionalInstant(data["readUpTo"]);
  const span = data["span"] === null ? null : decodeSpan(data["span"]);
  if (readUpTo === undefined || span === undefined) return null;
  return { readUpTo, span, fields: data["fields"].filter((field): field is string => typeof field === "string") };
}

function decodeSpan(value: unknown): Span | undefined {
  if (!isRow(value)) return undefined;
  const from = optionalInstant(value["from"]);
  const until = optionalInstant(value["until"]);
  const after = value["after"] === null ? null : decodePosition(value["after"]);
  if (from === undefined || until === undefined || until === null || after === undefined) return undefined;
  return { from, until, after };
}

function decodePosition(value: unknown): Position | undefined {
  if (!isRow(value) || typeof value["id"] !== "string") return undefined;
  const at = optionalInstant(value["at"]);
  return at === undefined || at === null ? undefined : { at, id: value["id"] };
}

/** Undefined: not what was written there. */
function optionalInstant(value: unknown): Instant | null | undefined {
  if (value === null) return null;
  return typeof value === "string" ? (parseInstant(value) ?? undefined) : undefined;
}

/** A checkpoint as JSON of any shape. */
export function simpleCheckpoint(data: JsonObject): Checkpoint {
  return { v: VERSION, data };
}
