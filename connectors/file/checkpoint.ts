import type { Checkpoint } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { JsonObject, JsonValue } from "#core/json.ts";
import { type FileIdentity, identityFrom, identityJson } from "./identity.ts";

const VERSION = 1;

/** How far a reading of a stream's files has come. */
export interface Position {
  /** Of the settings the rows were read with: other settings, other records. */
  readonly settings: string;
  readonly files: readonly FileIdentity[];
  /** Rows read, over all files of the stream. */
  readonly rows: number;
  /** Where the sweep for rows that are gone stands; null before it. */
  readonly sweep: { readonly type: number; readonly after: string | null } | null;
  readonly done: boolean;
}

export function toCheckpoint(position: Position): Checkpoint {
  const { settings, files, rows, sweep, done } = position;
  const data: JsonObject = {
    settings,
    files: files.map(identityJson),
    rows,
    sweep: sweep === null ? null : { type: sweep.type, after: sweep.after },
    done,
  };
  return { v: VERSION, data };
}

/** Throws `sync.checkpoint` (abort) for a version or shape it does not know. */
export function fromCheckpoint(checkpoint: Checkpoint): Position {
  const data = checkpoint.v === VERSION ? checkpoint.data : null;
  const position = data !== null && typeof data === "object" && "files" in data ? decode(data) : null;
  if (position !== null) return position;
  throw new AppError({
    code: "sync.checkpoint",
    recovery: "abort",
    message: `The checkpoint of a file stream has version ${checkpoint.v}, which this program does not know; update it, or read everything again with \`sync --full\`.`,
  });
}

function decode(data: JsonObject): Position | null {
  const { settings, files, rows, sweep, done } = data;
  if (typeof settings !== "string" || !Array.isArray(files) || typeof rows !== "number" || typeof done !== "boolean") return null;
  const identities = files.map((file: JsonValue) => identityFrom(file));
  if (identities.includes(null)) return null;
  return { settings, files: identities.filter((file) => file !== null), rows, sweep: decodeSweep(sweep), done };
}

function decodeSweep(sweep: JsonValue | undefined): Position["sweep"] {
  if (sweep === null || typeof sweep !== "object" || !("type" in sweep)) return null;
  const { type, after } = sweep;
  return typeof type === "number" ? { type, after: typeof after === "string" ? after : null } : null;
}
