import { expect, onTestFinished, test } from "vitest";
import {
  DEFAULT_TOKEN,
  type HubspotEmulator,
  type HubspotEmulatorOptions,
  startHubspotEmulator,
} from "#connectors/hubspot/emulator/index.ts";
import { ENTERPRISE } from "#connectors/hubspot/emulator/limits.ts";
import type { Checkpoint, Page } from "#core/connector.ts";
import type { Instant } from "#core/time/instant.ts";
import { type SandboxClock, sandboxClock } from "#sandbox/clock.ts";
import { makeWorld } from "#sandbox/world.ts";
import { model } from "../model.ts";
import { readPages } from "../reading.ts";
import { hostClock, openOn } from "./subject.ts";

const ANCHOR = "2026-06-30T12:00:00.000Z" as Instant;
const DEALS = "/crm/objects/2026-03/deals";

interface Portal {
  readonly emulator: HubspotEmulator;
  readonly clock: SandboxClock;
  call(method: string, path: string, body?: object): Promise<{ id: string; results: { id: string }[] }>;
}

async function portal(options: Partial<HubspotEmulatorOptions> & { readonly deals?: number } = {}): Promise<Portal> {
  const clock = sandboxClock(ANCHOR);
  const world = makeWorld({ anchor: ANCHOR, deals: options.deals ?? 120 });
  const emulator = await startHubspotEmulator({ world, clock, limits: null, ...options });
  onTestFinished(() => emulator.close());
  const call: Portal["call"] = async (method, path, body) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === "" ? { id: "", results: [] } : JSON.parse(text);
  };
  return { emulator, clock, call };
}

const last = (pages: readonly Page[]): Checkpoint | null => pages.at(-1)?.checkpoint ?? null;
const searches = (emulator: HubspotEmulator): number => emulator.host.log.filter(({ path }) => path.endsWith("/search")).length;

function contentOf(...readings: readonly (readonly Page[])[]): ReturnType<typeof model> {
  const held = model();
  for (const pages of readings) held.apply(pages);
  return held;
}

test("what was written by us and nothing else changes no record (law 5)", async () => {
  const { emulator, clock, call } = await portal();
  const connector = openOn(emulator);
  const first = await readPages(connector, "deals", null);
  const { results } = await call("GET", `${DEALS}?limit=20`);
  const field = { target: "deal", name: "stuck_since", label: "Stuck", description: "Since when.", type: "date" } as const;
  const signal = new AbortController().signal;
  await connector.writer?.ensureFields([field], { dryRun: false, signal });
  await connector.writer?.write(
    results.map(({ id }) => ({ target: "deal", id, values: { stuck_since: "2026-05-03" } }) as const),
    signal,
  );
  clock.advance(180_000);
  const second = await readPages(openOn(emulator), "deals", last(first));
  const seen = second.flatMap(({ changes }) => changes).filter((change) => change.type === "deal" && change.op === "upsert");
  expect(seen.length).toBeGreaterThanOrEqual(20);
  const stripped = (text: string): string => text.replaceAll(/"sourceUpdatedAt":"[^"]*"/g, "");
  expect(contentOf(first, second).content().map(stripped)).toEqual(contentOf(first).content().map(stripped));
});

test("a record that appears in search only after 90 s comes in with a later window", async () => {
  const { emulator, clock, call } = await portal({ indexLagMs: 90_000 });
  const first = await readPages(openOn(emulator), "deals", null);
  clock.advance(3_600_000);
  const early = await readPages(openOn(emulator), "deals", last(first));
  const { results } = await call("GET", `${DEALS}?limit=1`);
  const id = results[0]?.id ?? "";
  await call("PATCH", `${DEALS}/${id}`, { properties: { amount: "777" } });
  clock.advance(75_000);
  const missed = await readPages(openOn(emulator), "deals", last(early));
  clock.advance(75_000);
  const late = await readPages(openOn(emulator), "deals", last(missed));
  expect(contentOf(first, early, missed).text("deal", id)).not.toContain('"777"');
  expect(contentOf(first, early, missed, late).text("deal", id)).toContain('"777"');
});

test("a thousand deals changed in the same millisecond are all found, each window once by id", async () => {
  const { emulator, clock, call } = await portal({ deals: 2600 });
  const first = await readPages(openOn(emulator), "deals", null);
  const ids: string[] = [];
  const written: string[] = [];
  for (let after = "", done = false; !done; ) {
    const page: { results: { id: string }[]; paging?: { next: { after: string } } } = await call("GET", `${DEALS}?limit=100${after}`);
    ids.push(...page.results.map(({ id }) => id));
    done = page.paging === undefined;
    after = `&after=${page.paging?.next.after}`;
  }
  clock.advance(3_600_000);
  const emptied = await readPages(openOn(emulator), "deals", last(first));
  for (let start = 0; start < ids.length; start += 100) {
    const inputs = ids.slice(start, start + 100).map((id) => ({ id, properties: { hs_next_step: "call back" } }));
    // Merged-away ids are listed, but no longer written: what was written counts.
    for (const { id } of (await call("POST", `${DEALS}/batch/update`, { inputs })).results) written.push(id);
  }
  clock.advance(180_000);
  emulator.host.forgetLog();
  const pages = await readPages(openOn(emulator), "deals", last(emptied));
  const found = new Set(
    pages.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.type === "deal" && change.op === "upsert" ? [change.record.id] : [])),
    ),
  );
  expect(written.length).toBeGreaterThan(1000);
  expect(written.filter((id) => !found.has(id))).toEqual([]);
  expect(searches(emulator)).toBeLessThanOrEqual(Math.ceil(ids.length / 200) + 1);
});

test("deleted, restored: gone with the archive, back with the next list of everything", async () => {
  const { emulator, clock, call } = await portal();
  const first = await readPages(openOn(emulator), "companies", null);
  const { results } = await call("GET", "/crm/objects/2026-03/companies?limit=1");
  const id = results[0]?.id ?? "";
  clock.advance(1000);
  await call("DELETE", `/crm/objects/2026-03/companies/${id}`);
  clock.advance(180_000);
  const second = await readPages(openOn(emulator), "companies", last(first));
  expect(contentOf(first, second).has("account", id)).toBe(false);
  const everything = openOn(emulator, { reads: { sweepEveryHours: 0, archivedEveryHours: 0 } });
  const swept = await readPages(everything, "companies", last(second));
  expect(swept.flatMap(({ changes }) => changes).some((change) => change.op === "present")).toBe(true);
  expect(contentOf(first, second, swept).has("account", id)).toBe(false);
});

test("the portal's own limits are kept: not one refusal in a first load of every stream", async () => {
  const clock = hostClock();
  const { emulator } = await portal({ deals: 1500, limits: ENTERPRISE, pace: clock });
  const connector = openOn(emulator, {}, clock);
  await Promise.all(connector.streams.map(({ name }) => readPages(connector, name, null)));
  expect(emulator.host.counts.requests).toBeGreaterThan(ENTERPRISE.associationsPer10s);
  expect(emulator.host.log.filter(({ status }) => status >= 400)).toEqual([]);
});

test("one portal whose page stalls past the deadline goes on with the next attempt", async () => {
  const { emulator } = await portal();
  emulator.host.faults.add({ path: DEALS, times: 1, effect: { kind: "stall", when: "body" } });
  const connector = openOn(emulator, { reads: { deadlineSeconds: 0.3 } });
  const expected = contentOf(await readPages(openOn(emulator, { reads: { deadlineSeconds: 30 } }), "owners", null)).content();
  const pages = await readPages(connector, "deals", null);
  expect(pages.length).toBeGreaterThan(1);
  expect(expected.length).toBeGreaterThan(0);
});

test("a page that comes again stops the stream with its checkpoint kept, and the next run ends whole", async () => {
  const { emulator } = await portal({ deals: 400 });
  const whole = await readPages(openOn(emulator), "calls", null);
  emulator.host.faults.add({ method: "GET", path: "/crm/objects/2026-03/calls", after: 2, times: 1, effect: { kind: "repeat" } });
  const connector = openOn(emulator, { reads: { walkers: 1 } });
  const read: Page[] = [];
  const stream = connector.streams.find(({ name }) => name === "calls");
  const context = {
    clock: connector.clock,
    budget: { spend: async () => {}, observe: () => {} },
    log: silent,
    signal: new AbortController().signal,
  };
  const outcome = (async () => {
    for await (const page of stream?.read(null, context) ?? []) read.push(page);
  })();
  await expect(outcome).rejects.toMatchObject({ code: "hubspot.page_order", recovery: "abort" });
  const rest = await readPages(openOn(emulator), "calls", last(read));
  expect(contentOf(read, rest).content()).toEqual(contentOf(whole).content());
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };
