import type { AppError } from "./errors.ts";

/** Used only where a failure is data (one item of a batch); everywhere else errors are thrown. */
export type Result<T, E = AppError> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed<E = AppError>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
