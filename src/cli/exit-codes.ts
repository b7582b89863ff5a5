import { type AppError, isAppError } from "#core/errors.ts";
import { EXIT, type ExitCode } from "./app.ts";

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  cancelled: EXIT.partial,
  "lease.busy": EXIT.busy,
  "warehouse.newer": EXIT.usage,
  "sync.unknown_stream": EXIT.usage,
  "writeback.unknown_field": EXIT.usage,
  "writeback.unknown_record": EXIT.usage,
  "mail.not_configured": EXIT.usage,
  "writeback.held": EXIT.held,
  "writeback.preview": EXIT.held,
};

/** Areas whose errors are about the question or the configuration, never about the work. */
const USAGE = ["config.", "usage.", "metrics."];

/** Exit code of a verb that ended with this error: 2 for usage and configuration files, 4 held, 5 busy, else 1 (product contract). */
export function exitCodeOf(error: AppError): ExitCode {
  const known = BY_CODE[error.code];
  if (known !== undefined) return known;
  return USAGE.some((area) => error.code.startsWith(area)) ? EXIT.usage : EXIT.failed;
}

/** One line (or a few, for a list of mistakes) for an operator; `debug` adds the stack of it and of its causes. */
export function describeError(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `\n${stackOf(error)}` : "";
  if (isAppError(error)) return `${error.message} [${error.code}]${stack}`;
  const what = error instanceof Error ? error.message : String(error);
  const report = "This is a fault of the program: run again with --debug and report what it prints. Nothing half-done was stored.";
  return `Unexpected: ${what} [unexpected]\n${report}${stack}`;
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
