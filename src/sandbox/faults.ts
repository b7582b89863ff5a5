import type { SandboxReply, SandboxRequest } from "./http.ts";

/** What goes wrong. `before` effects leave the handler out; the others happen to its answer. */
export type FaultEffect =
  /** This answer instead of the handler's. */
  | { readonly kind: "answer"; readonly reply: SandboxReply }
  /** The connection is reset: before anything was done, or after it was done and before the client learns of it. */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  /** No answer until the host closes: nothing at all, or headers and half the body. */
  | { readonly kind: "stall"; readonly when: "before" | "body" }
  /** The body breaks off: after that many bytes, or at a share of it below 1. The connection closes. */
  | { readonly kind: "cut"; readonly at: number }
  /** The body breaks off and nothing says so: its shorter length is announced as the whole. */
  | { readonly kind: "torn"; readonly at: number }
  /** The answer that the same method and path had last time, whatever is asked now (a page that comes again). */
  | { readonly kind: "repeat" }
  /** So much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The handler's answer, changed. */
  | { readonly kind: "edit"; readonly edit: (reply: SandboxReply, request: SandboxRequest) => SandboxReply };

export interface Fault {
  /** Any when left out. */
  readonly method?: string;
  /** Start of the path, or a pattern the path must match. Any when left out. */
  readonly path?: string | RegExp;
  readonly when?: (request: SandboxRequest) => boolean;
  /** Matching requests to let through first. */
  readonly after?: number;
  /** How many are hit; for ever when left out. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** Faults waiting for their requests. */
export interface FaultPlan {
  add(...faults: readonly Fault[]): void;
  clear(): void;
  /** The effect for this request, counted off; null when none is due. The fault added first wins. */
  due(request: SandboxRequest): FaultEffect | null;
  /** Faults with a number of times that have not been used up: a test that set them learns that they never came. */
  readonly unused: number;
}

interface Pending {
  readonly fault: Fault;
  skip: number;
  left: number;
}

export function faultPlan(): FaultPlan {
  let pending: Pending[] = [];
  return {
    add: (...faults) => {
      for (const fault of faults) pending.push({ fault, skip: fault.after ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear: () => {
      pending = [];
    },
    due: (request) => {
      for (const each of pending) {
        if (each.left <= 0 || !matches(each.fault, request)) continue;
        if (each.skip > 0) {
          each.skip -= 1;
          continue;
        }
        each.left -= 1;
        return each.fault.effect;
      }
      return null;
    },
    get unused() {
      return pending.filter((each) => Number.isFinite(each.left) && each.left > 0).length;
    },
  };
}

function matches(fault: Fault, request: SandboxRequest): boolean {
  if (fault.method !== undefined && fault.method !== request.method) return false;
  if (typeof fault.path === "string" && !request.path.startsWith(fault.path)) return false;
  if (fault.path instanceof RegExp && !fault.path.test(request.path)) return false;
  return fault.when?.(request) ?? true;
}

/** A maintenance page where JSON is due, under a status that says all is well. */
export function htmlPage(status = 200): FaultEffect {
  return answer(
    status,
    { "content-type": "text/html" },
    "<html><head><title>Down for maintenance</title></head><body>Back soon</body></html>",
  );
}

export function emptyAnswer(status = 200, contentType = "application/json"): FaultEffect {
  return answer(status, { "content-type": contentType }, "");
}

/** A bare status of a gateway in front of the CRM. */
export function gatewayError(status: 500 | 502 | 503 | 504, retryAfterSeconds?: number): FaultEffect {
  const retry = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return answer(status, { "content-type": "text/plain", ...retry }, "upstream unavailable");
}

export function answer(status: number, headers: Readonly<Record<string, string>>, body: string): FaultEffect {
  return { kind: "answer", reply: { status, headers, body } };
}
