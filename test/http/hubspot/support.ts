import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import { hubspot } from "#connectors/hubspot/index.ts";
import type { Checkpoint, Connector, ConnectorDeps, Page } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import type { Change } from "#core/records.ts";
import { seededRng } from "#core/rng.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";
import { organization } from "../../support/organization.ts";

export const BASE = "https://api.hubapi.com";
export const TOKEN = "pat-eu1-00000000-1111-2222-3333-444444444444";
export const NOW = "2026-06-30T12:00:00.000Z";

/** Every request needs its mock, every mock its request. */
export function strictNock(): void {
  beforeEach(() => {
    nock.disableNetConnect();
    nock.cleanAll();
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.abortPendingRequests();
    nock.cleanAll();
    expect(pending).toEqual([]);
  });
}

export interface Opened {
  readonly connector: Connector;
  readonly clock: ManualClock;
  readonly slept: readonly number[];
}

/** A connector whose waits take no time; `settings` go through its own schema. */
export function open(settings: object = {}, deps: Partial<ConnectorDeps> = {}): Opened {
  const clock = manualClock({ start: NOW, auto: true });
  const checked = hubspot.settings.parse({ auth: { kind: "token", token: TOKEN }, ...settings });
  const connector = hubspot.open(checked, {
    connectionId: "hs",
    organization: organization(),
    directory: "/nowhere",
    clock,
    rng: seededRng(1),
    log: silentLog,
    ...deps,
  });
  return { connector, clock, slept: clock.slept };
}

export const date = (iso = NOW): { date: string } => ({ date: new Date(iso).toUTCString() });

/** The one request that tells HubSpot's time and the portal, answered. */
export function account(): void {
  nock(BASE)
    .get("/account-info/2026-03/details")
    .reply(200, { portalId: 62515, uiDomain: "app-eu1.hubspot.com", timeZone: "Europe/Warsaw", companyCurrency: "EUR" }, date());
}

export async function pages(connector: Connector, stream: string, from: Checkpoint | null = null, signal?: AbortSignal): Promise<Page[]> {
  const found = connector.streams.find((candidate) => candidate.name === stream);
  if (found === undefined) throw new Error(`no stream ${stream}`);
  const read: Page[] = [];
  const context = { clock: connector.clock, budget: unlimitedBudget, log: silentLog, signal: signal ?? new AbortController().signal };
  for await (const page of found.read(from, context)) read.push(page);
  return read;
}

export const changesOf = (read: readonly Page[]): readonly Change[] => read.flatMap((page) => page.changes);

/** A checkpoint of an idle stream: all is read up to `cursor`, list and deleted records are not due. */
export function idle(cursor: string, more: object = {}): Checkpoint {
  return { v: 1, data: { cursor, listedAt: NOW, archivedAt: NOW, size: 1000, task: null, ...more } };
}

/** A record as HubSpot sends it. */
export function record(id: string, properties: Readonly<Record<string, string | null>> = {}, more: object = {}) {
  return {
    id,
    properties: { hs_object_id: id, createdate: "2026-01-05T09:00:00Z", hs_lastmodifieddate: "2026-06-30T11:30:00.123Z", ...properties },
    createdAt: "2026-01-05T09:00:00Z",
    updatedAt: "2026-06-30T11:30:00.123Z",
    archived: false,
    ...more,
  };
}
