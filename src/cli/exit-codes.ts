import { type AppError, isAppError } from "#core/errors.ts";
import { EXIT, type ExitCode } from "./app.ts";

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  cancelled: EXIT.partial,
  "lease.busy": EXIT.busy,
  "warehouse.newer": EXIT.usage,
  "writeback.held": EXIT.held,
  "writeback.preview": EXIT.held,
};

/** Exit code of a verb that ended with this error: 2 for usage and configuration files, 4 held, 5 busy, else 1 (product contract). */
export function exitCodeOf(error: AppError): ExitCode {
  const known = BY_CODE[error.code];
  if (known !== undefined) return known;
  return error.code.startsWith("config.") || error.code.startsWith("usage.") ? EXIT.usage : EXIT.failed;
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
