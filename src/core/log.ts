import type { JsonValue } from "./json.ts";

export type LogFields = { readonly [field: string]: JsonValue | Error | undefined };

/** Structured log. Messages MUST be constant text; facts go into fields; never bodies, names or secrets. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Log;
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
