import { PassThrough } from "node:stream";
import type { Transport } from "jsforce/lib/transport.js";
import type { HttpRequest, HttpResponse } from "jsforce/lib/types/common.js";
import { StreamPromise } from "jsforce/lib/util/promise.js";
import type { Head } from "./errors.ts";

/** Status and headers of the last answer, which the SDK keeps to itself. */
export interface Exchange {
  head: Head;
}

export function newExchange(): Exchange {
  return { head: { status: null, headers: {} } };
}

/** A transport for one call of the SDK, over the runtime's own fetch: unlike the SDK's, it ends with the signal at any byte of the body,
 *  reports a body cut short, follows no redirect with the token in hand, does not repeat, and reads no proxy variable at import. */
export function transportFor(exchange: Exchange, signal: AbortSignal): Transport {
  return {
    httpRequest: (request) => {
      const stream = new PassThrough();
      return StreamPromise.create<HttpResponse>(() => ({ stream, promise: send(request, exchange, signal) }));
    },
    getRequestStreamCreator: () => () => new PassThrough(),
  };
}

async function send(request: HttpRequest, exchange: Exchange, signal: AbortSignal): Promise<HttpResponse> {
  const { "content-length": _, ...headers } = request.headers ?? {};
  const response = await fetch(request.url, {
    method: request.method,
    headers,
    body: typeof request.body === "string" ? request.body : null,
    redirect: "manual",
    signal,
  });
  exchange.head = { status: response.status, headers: Object.fromEntries(response.headers) };
  const body = await response.text();
  if (response.status >= 300 && response.status < 400) throw new Error(`redirected to ${hostOf(response.headers.get("location"))}`);
  return { statusCode: response.status, headers: { ...exchange.head.headers }, body };
}

function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).host : "nowhere";
}
