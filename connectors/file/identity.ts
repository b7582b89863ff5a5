import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { JsonObject, JsonValue } from "#core/json.ts";
import { fileError, readError } from "#kit/csv-file.ts";

/** Which content a file had: equal hash, equal content; equal size and time save the reading. */
export interface FileIdentity {
  readonly path: string;
  readonly size: string;
  readonly modified: string;
  readonly hash: string;
}

/** The file as it is now; `before` spares the hash when size and time have not moved. */
export async function identify(path: string, before: FileIdentity | undefined): Promise<FileIdentity> {
  try {
    const { size, mtimeNs } = await stat(path, { bigint: true });
    const now = { path, size: String(size), modified: String(mtimeNs) };
    if (before?.path === path && before.size === now.size && before.modified === now.modified) return before;
    const hash = createHash("sha256");
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece);
    return { ...now, hash: hash.digest("base64url") };
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** Throws `file.changed` when somebody wrote to a file while it was read: what it holds now is for the next reading. */
export async function stillTheSame(files: readonly FileIdentity[]): Promise<void> {
  for (const file of files) {
    const now = await identify(file.path, file);
    if (now.hash !== file.hash) {
      throw fileError(file.path, "file.changed", "was changed while it was read; it is read again from the start next time", {
        recovery: "retry",
      });
    }
  }
}

export const sameContent = (a: readonly FileIdentity[], b: readonly FileIdentity[]): boolean =>
  a.length === b.length && a.every((file, index) => file.path === b[index]?.path && file.hash === b[index]?.hash);

export const sameStamps = (a: readonly FileIdentity[], b: readonly FileIdentity[]): boolean =>
  sameContent(a, b) && a.every((file, index) => file.modified === b[index]?.modified);

export function identityJson(file: FileIdentity): JsonObject {
  return { path: file.path, size: file.size, modified: file.modified, hash: file.hash };
}

export function identityFrom(value: JsonValue): FileIdentity | null {
  if (value === null || typeof value !== "object" || !("path" in value)) return null;
  const { path, size, modified, hash } = value;
  const isText = (one: JsonValue | undefined): one is string => typeof one === "string";
  return isText(path) && isText(size) && isText(modified) && isText(hash) ? { path, size, modified, hash } : null;
}
