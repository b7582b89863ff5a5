import type { Clock } from "#core/clock.ts";
import { cancelled } from "./retry.ts";

/** One allowance of a CRM: at most `limit` requests in any window of `windowMs`. */
export interface Lane {
  readonly limit: number;
  readonly windowMs: number;
  /** Requests under way at once; absent: as many as the rate allows. */
  readonly maxInFlight?: number;
}

/** What a CRM's reply said about a lane. */
export interface LaneReport {
  readonly limit?: number | undefined;
  readonly windowMs?: number | undefined;
  readonly remaining?: number | undefined;
}

/** One limiter per connection, shared by all its streams and its writer.
 *  MUST: never start more than `limit` requests of a lane within any window; first come, first served. */
export interface Limiter<Name extends string> {
  /** Waits for a place; call the answer once the request has ended. Rejects with `cancelled` when aborted. */
  acquire(lane: Name, signal: AbortSignal): Promise<() => void>;
  /** Nobody starts on this lane (absent: on any) for so long: everybody backs off when one is told to. */
  pause(ms: number, lane?: Name): void;
  /** A lower limit in a reply replaces the configured one; an almost empty window slows the lane down. */
  observe(lane: Name, report: LaneReport): void;
}

/** Share of a window kept free: requests sent evenly may still arrive bunched. */
const HEADROOM = 1.05;
/** Part of a window's allowance that may go out at once after a quiet time. */
const BURST_SHARE = 1 / 50;
/** Below this share of a window left, others are using the allowance too: make room. */
const LOW_SHARE = 0.02;
const LOW_PAUSE_SHARE = 0.1;

interface LaneState {
  readonly lane: Lane;
  limit: number;
  windowMs: number;
  /** Virtual time at which the allowance is whole again (generic cell rate algorithm). */
  fullAt: number;
  pausedUntil: number;
  inFlight: number;
  /** The last in the queue: whoever comes next waits for it. */
  tail: Promise<void>;
  freed: (() => void) | null;
}

/** Evenly paced (GCRA): after a quiet time a fiftieth of the window may start at once, the rest keeps its distance, so that any
 *  window of `windowMs` sees at most `limit` starts. */
export function createLimiter<Name extends string>(lanes: Readonly<Record<Name, Lane>>, clock: Clock): Limiter<Name> {
  const states = new Map<string, LaneState>();
  for (const [name, lane] of Object.entries<Lane>(lanes)) states.set(name, newState(lane));
  const stateOf = (name: Name): LaneState => {
    const state = states.get(name);
    if (state === undefined) throw new RangeError(`No lane '${name}'.`);
    return state;
  };
  const pauseState = (state: LaneState, ms: number): void => {
    state.pausedUntil = Math.max(state.pausedUntil, clock.monotonicMs() + ms);
  };
  return {
    acquire: (name, signal) => enqueue(stateOf(name), clock, signal),
    pause: (ms, name) => {
      for (const state of name === undefined ? states.values() : [stateOf(name)]) pauseState(state, ms);
    },
    observe: (name, report) => {
      const state = stateOf(name);
      if (report.limit !== undefined && report.limit > 0) {
        state.limit = Math.min(state.lane.limit, report.limit);
        state.windowMs = report.windowMs ?? state.windowMs;
      }
      const isLow = report.remaining !== undefined && report.remaining <= state.limit * LOW_SHARE;
      if (isLow) pauseState(state, state.windowMs * LOW_PAUSE_SHARE);
    },
  };
}

function newState(lane: Lane): LaneState {
  const { limit, windowMs } = lane;
  return { lane, limit, windowMs, fullAt: 0, pausedUntil: 0, inFlight: 0, tail: Promise.resolve(), freed: null };
}

async function enqueue(state: LaneState, clock: Clock, signal: AbortSignal): Promise<() => void> {
  const turn = state.tail;
  let passOn = (): void => {};
  state.tail = new Promise<void>((resolve) => {
    passOn = resolve;
  });
  try {
    await unlessAborted(turn, signal);
    await untilAllowed(state, clock, signal);
    return release(state);
  } finally {
    // Someone who gave up while waiting still stands in the queue until those before are gone.
    void turn.then(passOn);
  }
}

async function untilAllowed(state: LaneState, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw cancelled();
    if (state.inFlight >= (state.lane.maxInFlight ?? Number.POSITIVE_INFINITY)) {
      await unlessAborted(nextFreed(state), signal);
      continue;
    }
    const now = clock.monotonicMs();
    const waitMs = Math.max(state.pausedUntil - now, state.fullAt - (burstOf(state) - 1) * intervalOf(state) - now);
    if (waitMs <= 0) {
      state.fullAt = Math.max(state.fullAt, now) + intervalOf(state);
      return;
    }
    await clock.sleep(Math.ceil(waitMs), signal);
  }
}

function burstOf(state: LaneState): number {
  return Math.max(1, Math.floor(state.limit * BURST_SHARE));
}

/** With a burst of b, any window holds at most b − 1 + window ÷ interval starts. */
function intervalOf(state: LaneState): number {
  return (state.windowMs * HEADROOM) / Math.max(1, state.limit - burstOf(state) + 1);
}

function release(state: LaneState): () => void {
  state.inFlight += 1;
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    state.inFlight -= 1;
    const freed = state.freed;
    state.freed = null;
    freed?.();
  };
}

/** Only the head of the queue ever waits for this, so one waiter is enough. */
function nextFreed(state: LaneState): Promise<void> {
  return new Promise((resolve) => {
    state.freed = resolve;
  });
}

/** The promise, or `cancelled` as soon as the signal aborts; what is still under way is left to end by itself. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(cancelled());
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(cancelled());
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
