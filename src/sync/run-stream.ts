import type { Clock } from "#core/clock.ts";
import type { Budget, Connector, Page, Stream } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { ApplyContext } from "#warehouse/apply-context.ts";
import { endPass, loadCheckpoint } from "#warehouse/cursors.ts";
import { resolveUnseen } from "#warehouse/rejects.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { commitPage } from "./commit-page.ts";
import { addCounts, type StreamReport } from "./report.ts";

export interface StreamDeps {
  readonly connector: Connector;
  readonly connectionId: string;
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** What pages are applied with, but for the time. */
  readonly applying: Omit<ApplyContext, "now">;
  /** Pages stored so far, for whoever watches. */
  onPage?(stream: string, received: number): void;
}

interface Progress {
  pages: number;
  received: number;
  rejected: number;
  replacedCharacters: number;
  counts: StreamReport["counts"];
  peopleChanged: boolean;
}

export type StreamOutcome = StreamReport & { readonly peopleChanged: boolean };

/** Reads one stream from its checkpoint to its end. An AppError ends it as `failed` with the checkpoint kept; anything else is thrown. */
export async function runStream(deps: StreamDeps, stream: Stream, options: { readonly full: boolean }): Promise<StreamOutcome> {
  const progress: Progress = { pages: 0, received: 0, rejected: 0, replacedCharacters: 0, counts: {}, peopleChanged: false };
  const log = deps.log.child({ stream: stream.name });
  const end = (state: StreamReport["state"], error: AppError | null): StreamOutcome => ({ stream: stream.name, state, ...progress, error });
  try {
    await readPages(deps, stream, options, progress, log);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.recovery === "cancelled") return end("stopped", error);
    log.warn({ code: error.code, pages: progress.pages, error }, "stream failed; its checkpoint is kept");
    return end("failed", error);
  }
  if (deps.signal.aborted) return end("stopped", stopped());
  await deps.warehouse.write(async (tx) => {
    const since = await endPass(tx, deps.connectionId, stream.name);
    if (since !== null && stream.mode === "snapshot" && progress.received > 0)
      await resolveUnseen(tx, deps.connectionId, stream.name, since);
  });
  log.info({ pages: progress.pages, received: progress.received, rejected: progress.rejected }, "stream read");
  return end("ok", null);
}

/** The next page is fetched while one is stored; a page that was fetched is stored even when told to stop meanwhile. */
async function readPages(
  deps: StreamDeps,
  stream: Stream,
  options: { readonly full: boolean },
  progress: Progress,
  log: Log,
): Promise<void> {
  const from = options.full ? null : await deps.warehouse.read((db) => loadCheckpoint(db, deps.connectionId, stream.name));
  const context = { clock: deps.connector.clock, budget: deps.budget, log, signal: deps.signal };
  const pages = stream.read(from, context);
  let next = fetchNext(pages);
  try {
    for (let result = await next; result.done !== true; result = await next) {
      next = fetchNext(pages);
      const report = await commitPage(deps.warehouse, stream, result.value, { ...deps.applying, now: deps.clock.now() });
      progress.pages += 1;
      progress.received += result.value.received;
      progress.rejected += report.rejects.length;
      progress.replacedCharacters += report.replacedCharacters;
      progress.counts = addCounts(progress.counts, report.counts);
      progress.peopleChanged ||= report.peopleChanged;
      deps.onPage?.(stream.name, progress.received);
    }
  } finally {
    await next.catch(() => undefined);
    await pages.return();
  }
}

/** Its failure is met when the page is awaited, not before. */
function fetchNext(pages: AsyncGenerator<Page, void, void>): Promise<IteratorResult<Page, void>> {
  const next = pages.next();
  next.catch(() => undefined);
  return next;
}

function stopped(): AppError {
  return new AppError({ code: "cancelled", recovery: "cancelled", message: "Stopped between pages; the next run goes on from here." });
}
