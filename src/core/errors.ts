import type { JsonObject } from "./json.ts";

/** Who acts on an error, and how; the only thing retry, runner and CLI look at. */
export const RECOVERY = ["retry", "wait", "reauth", "configure", "skip", "abort", "cancelled"] as const;
export type Recovery = (typeof RECOVERY)[number];

export interface AppErrorOptions {
  /** Stable, catalogued in docs/errors.md. */
  readonly code: string;
  readonly recovery: Recovery;
  /** What happened, to which thing, and what to do, in words for an operator. */
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
  /** Ids and counts only: MUST NOT hold names, mail addresses or secrets. */
  readonly details?: JsonObject;
  readonly cause?: unknown;
}

/** The one error class of the program. MUST carry a catalogued code; wraps others through `cause`. */
export class AppError extends Error {
  readonly code: string;
  readonly recovery: Recovery;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = options.code;
    this.recovery = options.recovery;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
