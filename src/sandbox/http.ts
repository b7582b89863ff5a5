import type { IncomingMessage } from "node:http";

/** A request as a handler sees it: decoded path segments are its own business. */
export interface SandboxRequest {
  readonly method: string;
  /** Without the query, percent-encoding kept. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text. */
  readonly body: string;
}

export interface SandboxReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Handler = (request: SandboxRequest) => SandboxReply | Promise<SandboxReply>;

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): SandboxReply {
  return { status, headers: { "content-type": "application/json;charset=utf-8", ...headers }, body: JSON.stringify(value) };
}

export function textReply(status: number, body: string, contentType = "text/plain;charset=utf-8"): SandboxReply {
  return { status, headers: { "content-type": contentType }, body };
}

export function emptyReply(status: number): SandboxReply {
  return { status, headers: {}, body: "" };
}

/** Reads the whole request; a body above `limitBytes` is cut off there (nothing we serve takes more). */
export async function readRequest(incoming: IncomingMessage, limitBytes = 64 * 1024 * 1024): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    if (size < limitBytes) chunks.push(bytes);
    size += bytes.length;
  }
  const url = new URL(incoming.url ?? "/", "http://sandbox.invalid");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** A method and a path such as `/crm/owners/:id`; named segments arrive decoded in `params`. */
export interface Route<R extends SandboxRequest = SandboxRequest> {
  readonly method: string;
  readonly pattern: string;
  readonly run: (request: R, params: Readonly<Record<string, string>>) => SandboxReply | Promise<SandboxReply>;
}

export function route<R extends SandboxRequest = SandboxRequest>(method: string, pattern: string, run: Route<R>["run"]): Route<R> {
  return { method, pattern, run };
}

/** The first route that fits answers; a known path with another method is 405, an unknown one goes to `otherwise`. */
export function router<R extends SandboxRequest>(
  routes: readonly Route<R>[],
  otherwise: (request: R) => SandboxReply | Promise<SandboxReply>,
): (request: R) => SandboxReply | Promise<SandboxReply> {
  const compiled = routes.map((each) => ({ ...each, segments: split(each.pattern) }));
  return (request) => {
    const given = split(request.path);
    let pathKnown = false;
    for (const candidate of compiled) {
      const params = candidate.segments.length === given.length ? match(candidate.segments, given) : null;
      if (params === null) continue;
      if (candidate.method === request.method) return candidate.run(request, params);
      pathKnown = true;
    }
    return pathKnown ? textReply(405, "Method Not Allowed") : otherwise(request);
  };
}

function split(path: string): readonly string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function match(pattern: readonly string[], given: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const actual = given[index] ?? "";
    if (segment.startsWith(":")) params[segment.slice(1)] = decode(actual);
    else if (segment !== actual) return null;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
