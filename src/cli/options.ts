import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import type { Call } from "./verb.ts";

/** A whole number of at least 1 from `--name`; throws `usage.arguments`. */
export function wholeNumber(call: Call, name: string, fallback: number): number {
  const given = call.text(name);
  if (given === undefined) return fallback;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new AppError({
    code: "usage.arguments",
    recovery: "configure",
    message: `--${name} is '${given}'; expected a whole number such as ${fallback}.`,
  });
}

/** The connections asked for with `--connection` (all when not given); throws `config.unknown_connection`, naming the nearest. */
export function chosenConnections(call: Call, configured: readonly string[]): readonly string[] {
  const given = call.text("connection");
  if (given === undefined) return configured;
  if (configured.includes(given)) return [given];
  const meant = nearest(given, configured);
  const hint = meant === null ? `there are: ${configured.join(", ") || "none"}` : `did you mean '${meant}'?`;
  throw new AppError({ code: "config.unknown_connection", recovery: "configure", message: `There is no connection '${given}'; ${hint}` });
}
