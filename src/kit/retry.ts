import pRetry from "p-retry";
import type { Clock } from "#core/clock.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { Rng } from "#core/rng.ts";

/** How often and how long a call may be repeated. Both bounds hold: whichever is reached first ends it. */
export interface RetryPolicy {
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** From the first request on; a wait that would end later is not begun. */
  readonly totalMs: number;
  /** Back-off before the first repetition, doubled for each further one. */
  readonly baseMs: number;
  readonly capMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, totalMs: 180_000, baseMs: 500, capMs: 30_000 };

export interface RetryDeps {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly signal: AbortSignal;
  /** Told of each repetition before its wait. */
  readonly onRetry?: (error: AppError, attempt: number, waitMs: number) => void;
}

/** Milliseconds to wait before attempt `attempt + 1`, or null when the error is final: only `retry` errors are repeated.
 *  The server's own wish (`retryAfterMs`) replaces the back-off, never adds to it; jitter only ever makes a wait longer than asked. */
export function waitBeforeRetry(
  error: unknown,
  attempt: number,
  elapsedMs: number,
  policy: RetryPolicy,
  chance: () => number,
): number | null {
  if (!isAppError(error) || error.recovery !== "retry" || attempt >= policy.attempts) return null;
  const backOffMs = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  const waitMs = error.retryAfterMs === undefined ? backOffMs * (0.5 + chance() / 2) : error.retryAfterMs + chance() * policy.baseMs;
  return elapsedMs + waitMs > policy.totalMs ? null : Math.round(waitMs);
}

/** Runs until it succeeds, the error is no `retry` error, or the policy is used up; then the last error is thrown as it was. */
export async function withRetry<T>(run: (attempt: number) => Promise<T>, deps: RetryDeps): Promise<T> {
  const { policy, clock, rng, signal } = deps;
  const startedAt = clock.monotonicMs();
  let goOn = false;
  return await pRetry(
    async (attempt) => {
      if (signal.aborted) throw cancelled();
      return await run(attempt);
    },
    {
      retries: Math.max(0, policy.attempts - 1),
      // p-retry's own timer is off: the only wait is the clock's, in onFailedAttempt, which p-retry awaits.
      minTimeout: 0,
      maxTimeout: 0,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        const waitMs = waitBeforeRetry(error, attemptNumber, clock.monotonicMs() - startedAt, policy, () => rng.next());
        goOn = waitMs !== null;
        if (waitMs === null || !isAppError(error)) return;
        deps.onRetry?.(error, attemptNumber, waitMs);
        await clock.sleep(waitMs, signal);
      },
      shouldRetry: () => goOn,
    },
  );
}

/** What a stopped wait throws. */
export function cancelled(): AppError {
  return new AppError({ code: "cancelled", recovery: "cancelled", message: "Stopped on request." });
}
