import type { Clock } from "#core/clock.ts";
import type { Budget, Connector, Stream } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { nearest } from "#core/nearest.ts";
import type { Organization } from "#core/organization.ts";
import type { StageOverrides } from "#warehouse/stage-book.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { type SyncReport, syncReport } from "./report.ts";
import { runStream, type StreamDeps, type StreamOutcome } from "./run-stream.ts";

export interface SyncDeps {
  readonly connector: Connector;
  readonly connectionId: string;
  /** MUST be fenced by the lease of the sync (lease.ts), so that two runs never store pages of one connection. */
  readonly warehouse: Warehouse;
  readonly organization: Organization;
  readonly stageOverrides: StageOverrides;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Pages stored so far, for whoever watches. */
  onPage?(stream: string, received: number): void;
}

export interface SyncPlan {
  /** Names of streams; all when left out. */
  readonly streams?: readonly string[] | undefined;
  /** From the beginning instead of from the checkpoints. */
  readonly full?: boolean | undefined;
}

/** Errors that hold for the whole connection: going on would only repeat them. */
const STOPS_ALL: ReadonlySet<AppError["recovery"]> = new Set(["reauth", "wait"]);

/** Brings one connection up to date: independent streams side by side, a page and its checkpoint in one transaction, each stream
 *  failing for itself. Throws `sync.unknown_stream`, and whatever is no AppError; all else is in the report. */
export async function runSync(deps: SyncDeps, plan: SyncPlan): Promise<SyncReport> {
  const streams = chosenStreams(deps.connector.streams, plan.streams);
  const connection = new AbortController();
  const signal = AbortSignal.any([deps.signal, connection.signal]);
  const streamDeps: StreamDeps = {
    ...deps,
    signal,
    applying: {
      connectionId: deps.connectionId,
      organization: deps.organization,
      stageOverrides: deps.stageOverrides,
      historyBasis: deps.connector.capabilities.stageHistory,
    },
  };
  const running = new Map<string, Promise<StreamOutcome>>();
  const start = async (stream: Stream): Promise<StreamOutcome> => {
    const awaited = (stream.after ?? []).flatMap((name) => running.get(name) ?? []);
    const failed = (await Promise.all(awaited)).find((outcome) => outcome.state !== "ok");
    if (failed !== undefined) return blocked(stream, failed);
    try {
      const outcome = await runStream(streamDeps, stream, { full: plan.full === true });
      if (outcome.error !== null && STOPS_ALL.has(outcome.error.recovery)) connection.abort(outcome.error);
      return outcome;
    } catch (error) {
      connection.abort(error);
      throw error;
    }
  };
  for (const stream of inOrder(streams)) running.set(stream.name, start(stream));
  const settled = await Promise.allSettled(running.values());
  const broken = settled.find((result) => result.status === "rejected");
  if (broken !== undefined) throw broken.reason;
  const outcomes = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return syncReport(
    deps.connectionId,
    outcomes.map(({ peopleChanged: _, ...report }) => report),
    outcomes.some((outcome) => outcome.peopleChanged),
  );
}

function chosenStreams(streams: readonly Stream[], names: readonly string[] | undefined): readonly Stream[] {
  if (names === undefined || names.length === 0) return streams;
  const known = streams.map((stream) => stream.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return streams.filter((stream) => names.includes(stream.name));
  const near = nearest(unknown, known);
  throw new AppError({
    code: "sync.unknown_stream",
    recovery: "configure",
    message: `There is no stream '${unknown}'${near === null ? "" : `; did you mean '${near}'?`} Streams: ${known.join(", ")}.`,
  });
}

/** Streams after those they build on; a circle is a mistake of the connector. */
function inOrder(streams: readonly Stream[]): readonly Stream[] {
  const ordered: Stream[] = [];
  let waiting = [...streams];
  while (waiting.length > 0) {
    const names = new Set(waiting.map((stream) => stream.name));
    const ready = waiting.filter((stream) => !(stream.after ?? []).some((name) => names.has(name)));
    if (ready.length === 0) throw new Error(`streams wait for each other: ${[...names].join(", ")}`);
    ordered.push(...ready);
    waiting = waiting.filter((stream) => !ready.includes(stream));
  }
  return ordered;
}

function blocked(stream: Stream, by: StreamOutcome): StreamOutcome {
  const error = new AppError({
    code: "sync.blocked",
    recovery: "abort",
    message: `'${stream.name}' was not read because '${by.stream}', which it builds on, did not come to its end.`,
    details: { stream: stream.name, blockedBy: by.stream },
  });
  const nothing = { pages: 0, received: 0, rejected: 0, replacedCharacters: 0, counts: {}, peopleChanged: false };
  return { stream: stream.name, state: "blocked", ...nothing, error };
}
