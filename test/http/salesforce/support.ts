import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import { salesforce } from "#connectors/salesforce/index.ts";
import type { Connector, Page, StreamContext } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import { seededRng } from "#core/rng.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";
import { organization } from "../../support/organization.ts";

export const HOST = "https://acme.my.salesforce.com";
export const API = "/services/data/v66.0";
export const NOW = "2026-06-30T12:00:00.000Z";
export const USER_ID = "005000000000001AAA";

/** Nothing leaves the machine; each test uses up the answers it prepares. */
export function withoutNetwork(): void {
  beforeEach(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });
}

export interface Opened {
  readonly connector: Connector;
  readonly clock: ManualClock;
  readonly context: StreamContext;
  readonly usage: { used: number; limit: number }[];
  readonly calls: { count: number };
  readonly directory: string;
}

export async function open(settings: object = {}, directory?: string): Promise<Opened> {
  const clock = manualClock({ auto: true, start: NOW });
  const folder = directory ?? (await mkdtemp(join(tmpdir(), "scorekeeper-sf-")));
  const auth = { kind: "client-credentials", clientId: "id", clientSecret: "s3cret" };
  const parsed = salesforce.settings.parse({ auth, loginUrl: HOST, ...settings });
  const deps = { connectionId: "sf", organization: organization(), directory: folder, clock, rng: seededRng(1), log: silentLog };
  const connector = salesforce.open(parsed, deps);
  const usage: { used: number; limit: number }[] = [];
  const calls = { count: 0 };
  const budget = {
    spend: async (count: number) => {
      calls.count += count;
    },
    observe: (seen: { used: number; limit: number }) => {
      usage.push(seen);
    },
  };
  const context = { clock: connector.clock, budget, log: silentLog, signal: new AbortController().signal };
  return { connector, clock, context, usage, calls, directory: folder };
}

export const JSON_HEADERS = { "content-type": "application/json;charset=UTF-8", date: new Date(NOW).toUTCString() };

export function tokenAnswer(token = "t1"): object {
  return {
    access_token: token,
    instance_url: HOST,
    id: `https://login.salesforce.com/id/00D000000000001AAA/${USER_ID}`,
    token_type: "Bearer",
  };
}

/** A login that succeeds `times` times. */
export function login(times = 1, token = "t1"): nock.Scope {
  return nock(HOST).post("/services/oauth2/token").times(times).reply(200, tokenAnswer(token), JSON_HEADERS);
}

export function answer(path: string, body: unknown, status = 200, headers: Record<string, string> = {}): nock.Scope {
  return nock(HOST)
    .get(`${API}${path}`)
    .reply(status, typeof body === "string" ? body : JSON.stringify(body), { ...JSON_HEADERS, ...headers });
}

/** The query is decoded for the assertion: readable SOQL instead of percent signs. */
export function onQuery(body: unknown, seen: string[], options: { readonly path?: string; readonly status?: number } = {}): nock.Scope {
  return nock(HOST)
    .get(`${API}${options.path ?? "/queryAll"}`)
    .query((query) => {
      const { q } = query;
      if (typeof q === "string") seen.push(q);
      return typeof q === "string";
    })
    .reply(options.status ?? 200, JSON.stringify(body), JSON_HEADERS);
}

export function page(records: readonly object[], next: string | null = null): object {
  return { totalSize: records.length, done: next === null, ...(next === null ? {} : { nextRecordsUrl: next }), records };
}

export function describeGlobal(names: readonly string[]): nock.Scope {
  const sobjects = names.map((name) => ({ name, queryable: true, keyPrefix: null }));
  return answer("/sobjects", { encoding: "UTF-8", sobjects });
}

export function describeObject(name: string, fields: readonly (string | object)[], times = 1): nock.Scope {
  const described = fields.map((field) =>
    typeof field === "string" ? { name: field, type: "string", updateable: true, label: field } : field,
  );
  return nock(HOST).get(`${API}/sobjects/${name}/describe`).times(times).reply(200, { name, fields: described }, JSON_HEADERS);
}

/** A stream that reads once more looks at the org anew, which now says what time it is. */
export function describeAgain(opened: Opened, name: string, fields: readonly (string | object)[]): void {
  const described = fields.map((field) => (typeof field === "string" ? { name: field, type: "string", updateable: true } : field));
  const headers = { ...JSON_HEADERS, date: new Date(opened.clock.now()).toUTCString() };
  nock(HOST).get(`${API}/sobjects/${name}/describe`).reply(200, { name, fields: described }, headers);
}

export async function readAll(opened: Opened, stream: string, from: Page["checkpoint"] | null = null): Promise<Page[]> {
  const pages: Page[] = [];
  const found = opened.connector.streams.find(({ name }) => name === stream);
  if (found === undefined) throw new Error(`no stream ${stream}`);
  for await (const one of found.read(from, opened.context)) pages.push(one);
  return pages;
}
