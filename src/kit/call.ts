import { after, type Clock } from "#core/clock.ts";
import type { Budget } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import { type Limiter, unlessAborted } from "./rate-limit.ts";
import { cancelled, type RetryPolicy, withRetry } from "./retry.ts";

export interface CallerDeps<Lane extends string> {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly limiter: Limiter<Lane>;
  readonly retry: RetryPolicy;
  /** Longest wait for one answer, its body included. */
  readonly deadlineMs: number;
  /** A failure in the CRM's own words → what it means; gives back an AppError as it is. */
  readonly classify: (error: unknown) => AppError;
}

export interface Call<T, Lane extends string> {
  /** Constant name of the request for logs and errors, such as `deals.search`. */
  readonly name: string;
  readonly lane: Lane;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** False for a request that must not be sent twice: an unclear ending is then final. */
  readonly repeatable?: boolean;
  readonly deadlineMs?: number;
  /** MUST read the whole answer, and throw for one that is a failure. The signal ends with the deadline; ignoring it is allowed. */
  send(signal: AbortSignal): Promise<T>;
}

export type Caller<Lane extends string> = <T>(call: Call<T, Lane>) => Promise<T>;

/** The one way to a CRM (law 7): budget, limiter, send within a deadline, classify, repeat what may be repeated.
 *  A deadline ends our wait, not the request: an SDK may go on with it. */
export function createCaller<Lane extends string>(deps: CallerDeps<Lane>): Caller<Lane> {
  return (call) =>
    withRetry(() => attempt(call, deps), {
      policy: call.repeatable === false ? { ...deps.retry, attempts: 1 } : deps.retry,
      clock: deps.clock,
      rng: deps.rng,
      signal: call.signal,
      onRetry: (error, attemptNumber, waitMs) =>
        deps.log.warn({ call: call.name, code: error.code, attempt: attemptNumber, waitMs, ...error.details }, "call failed, repeating"),
    });
}

async function attempt<T, Lane extends string>(call: Call<T, Lane>, deps: CallerDeps<Lane>): Promise<T> {
  await call.budget.spend(1);
  const release = await deps.limiter.acquire(call.lane, call.signal);
  try {
    return await withinDeadline(call, deps);
  } catch (error) {
    throw isAppError(error) ? error : deps.classify(error);
  } finally {
    release();
  }
}

async function withinDeadline<T, Lane extends string>(call: Call<T, Lane>, deps: CallerDeps<Lane>): Promise<T> {
  const over = new AbortController();
  const deadlineMs = call.deadlineMs ?? deps.deadlineMs;
  const timer = after(deadlineMs, () => over.abort());
  const signal = AbortSignal.any([call.signal, over.signal]);
  try {
    return await unlessAborted(call.send(signal), signal);
  } catch (error) {
    if (over.signal.aborted && !call.signal.aborted) throw tooLate(call.name, deadlineMs);
    throw call.signal.aborted ? cancelled() : error;
  } finally {
    timer.cancel();
  }
}

function tooLate(name: string, deadlineMs: number): AppError {
  return new AppError({
    code: "crm.deadline",
    recovery: "retry",
    message: `No answer to ${name} within ${deadlineMs / 1000} s.`,
    details: { call: name, deadlineMs },
  });
}
