import { AppError } from "#core/errors.ts";

/** A page token that comes twice: going on would never end (architecture: abort, checkpoint kept). */
export function loops(stream: string, token: string): AppError {
  return new AppError({
    code: "hubspot.page_order",
    recovery: "abort",
    message: `HubSpot's pages of ${stream} lead back to ${token}, which was read before. Sync again; if it stays, report it.`,
    details: { stream, token },
  });
}
