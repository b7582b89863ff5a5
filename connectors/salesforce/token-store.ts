import { createHash } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { AppError } from "#core/errors.ts";
import { isRow } from "./decode.ts";

/** Keeps the refresh token that Salesforce hands out in place of the one before (rotation). */
export interface TokenStore {
  /** The latest token that came from `configured`; null when there is none, or when the operator has configured another one since. */
  read(configured: string): Promise<string | null>;
  write(configured: string, token: string): Promise<void>;
}

/** A file of mode 600, replaced in one step: a crash leaves the old or the new token, never half of one. */
export function fileTokenStore(path: string): TokenStore {
  return {
    read: async (configured) => {
      const kept = await readKept(path);
      return kept !== null && kept.from === fingerprint(configured) ? kept.token : null;
    },
    write: async (configured, token) => {
      const temporary = `${path}.new`;
      try {
        const file = await open(temporary, "w", 0o600);
        try {
          await file.chmod(0o600);
          await file.writeFile(JSON.stringify({ from: fingerprint(configured), token }));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (cause) {
        throw storeError(path, "written", cause);
      }
    },
  };
}

async function readKept(path: string): Promise<{ readonly from: string; readonly token: string } | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(path, "utf8"));
    const isKept = isRow(kept) && typeof kept["from"] === "string" && typeof kept["token"] === "string";
    return isKept ? { from: String(kept["from"]), token: String(kept["token"]) } : null;
  } catch (cause) {
    if (isRow(cause) && cause["code"] === "ENOENT") return null;
    throw storeError(path, "read", cause);
  }
}

/** Says which configured token a kept one descends from, without keeping that too. */
function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

function storeError(path: string, what: "read" | "written", cause: unknown): AppError {
  return new AppError({
    code: "salesforce.token_file",
    recovery: "configure",
    message: `The refresh token file ${path} can't be ${what}: check its folder and permissions, or set auth.tokenFile.`,
    cause,
  });
}
