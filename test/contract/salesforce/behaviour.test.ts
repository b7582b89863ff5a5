import { afterEach, expect, test } from "vitest";
import type { Checkpoint, Connector, Page } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import type { FieldSpec } from "#core/writeback.ts";
import { model } from "../model.ts";
import { readPages } from "../reading.ts";
import { type Org, restCall, startOrg } from "./support.ts";

const signal = new AbortController().signal;
const orgs: Org[] = [];
afterEach(async () => {
  for (const org of orgs.splice(0)) await org.emulator.close();
});

async function start(options: Parameters<typeof startOrg>[0] = {}): Promise<Org> {
  const org = await startOrg(options);
  orgs.push(org);
  return org;
}

const end = (pages: readonly Page[]): Checkpoint | null => pages.at(-1)?.checkpoint ?? null;
const upserts = (pages: readonly Page[], type: Change["type"]): readonly Change[] =>
  pages.flatMap(({ changes }) => changes.filter((change) => change.type === type && change.op === "upsert"));

async function rows(org: Org, soql: string): Promise<readonly { readonly [field: string]: unknown }[]> {
  const { records } = await restCall(org, "GET", `/query?q=${encodeURIComponent(soql)}`);
  return records as unknown as readonly { readonly [field: string]: unknown }[];
}

const FIELDS: readonly FieldSpec[] = [
  { target: "deal", name: "stuck_since", label: "Stuck since", description: "Day", type: "date" },
  { target: "deal", name: "typical_days", label: "Typical days", description: "Days", type: "number", decimals: 0 },
  { target: "deal", name: "as_of", label: "As of", description: "Moment", type: "datetime" },
];

async function provision(connector: Connector): Promise<void> {
  await connector.writer?.ensureFields(FIELDS, { dryRun: false, signal });
}

test("provisioned, granted, ready, written, read back as it was; a second provisioning changes nothing", async () => {
  const org = await start();
  const connector = org.open();
  const { writer } = connector;
  expect(await writer?.ensureFields(FIELDS, { dryRun: true, signal })).toMatchObject(FIELDS.map(() => ({ state: "would_create" })));
  expect(await writer?.readiness(FIELDS, signal)).toMatchObject(FIELDS.map(() => ({ ready: false })));
  expect(await writer?.ensureFields(FIELDS, { dryRun: false, signal })).toMatchObject(FIELDS.map(() => ({ state: "created" })));
  expect(await writer?.readiness(FIELDS, signal)).toMatchObject(FIELDS.map(() => ({ ready: true })));
  expect(await writer?.ensureFields(FIELDS, { dryRun: false, signal })).toMatchObject(
    FIELDS.map(() => ({ state: "exists", detail: null })),
  );

  const [deal] = await rows(org, "SELECT Id FROM Opportunity ORDER BY Id LIMIT 1");
  const id = String(deal?.["Id"]);
  const values = { stuck_since: "2026-05-03", typical_days: 14, as_of: "2026-06-30T11:00:00.000Z" };
  expect(await writer?.write([{ target: "deal", id, values }], signal)).toEqual([{ ok: true, value: { id } }]);
  expect(await writer?.read("deal", [id], Object.keys(values), signal)).toEqual([{ id, values }]);
});

test("our own writes make no work: what is read afterwards is what was read before (law 5)", async () => {
  const org = await start();
  const connector = org.open();
  await provision(connector);
  const streams = ["deals", "stage-history", "field-history"];
  const before = new Map<string, Page[]>();
  for (const name of streams) before.set(name, await readPages(connector, name, null));
  org.clock.advance(3_600_000);
  const ids = upserts(before.get("deals") ?? [], "deal").flatMap((change) => (change.op === "upsert" ? [change.record.id] : []));
  const items = ids.map((id) => ({ target: "deal", id, values: { stuck_since: "2026-05-03", typical_days: 9 } }) as const);
  expect((await connector.writer?.write(items, signal))?.every(({ ok }) => ok)).toBe(true);
  org.clock.advance(3_600_000);
  for (const name of streams) {
    const pages = before.get(name) ?? [];
    const again = await readPages(connector, name, end(pages));
    const stampless = (list: readonly Page[]): readonly string[] => {
      const held = model();
      held.apply(list);
      return held.content().map((line) => line.replace(/"sourceUpdatedAt":"[^"]*"/, ""));
    };
    expect({ name, content: stampless([...pages, ...again]) }).toEqual({ name, content: stampless(pages) });
    if (name === "deals") expect(upserts(again, "deal").length).toBeGreaterThanOrEqual(ids.length);
  }
});

test("a change that becomes visible after later ones were read is not lost", async () => {
  const org = await start({ visibleAfterMs: 120_000 });
  const connector = org.open();
  const first = await readPages(connector, "deals", null);
  const [deal] = await rows(org, "SELECT Id FROM Opportunity ORDER BY Id LIMIT 1");
  org.clock.advance(400_000);
  org.emulator.edit("Opportunity", String(deal?.["Id"]), { Amount: 4_242 });
  org.clock.advance(60_000);
  const blind = await readPages(connector, "deals", end(first));
  org.clock.advance(600_000);
  const seen = await readPages(connector, "deals", end(blind) ?? end(first));
  expect(JSON.stringify([blind, seen])).toContain('"amountRaw":"4242"');
});

test("cursors lost on the way: everything is read, once", async () => {
  const org = await start({ deals: 450 });
  const connector = org.open();
  for (const stream of ["tasks", "stage-history"]) {
    const expected = model();
    expected.apply(await readPages(connector, stream, null));
    org.emulator.host.faults.add({
      path: /\/query\/[^?]+$/,
      times: 1,
      effect: {
        kind: "answer",
        reply: {
          status: 400,
          headers: { "content-type": "application/json" },
          body: '[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]',
        },
      },
    });
    const held = model();
    held.apply(await readPages(connector, stream, null));
    org.emulator.host.faults.clear();
    expect(held.content()).toEqual(expected.content());
  }
});

test("the stage log comes to the stage each deal is in now", async () => {
  const org = await start({ deals: 200 });
  const connector = org.open();
  const entries = upserts(await readPages(connector, "stage-history", null), "stageEntry");
  const last = new Map<string, string>();
  for (const change of entries)
    if (change.op === "upsert" && change.type === "stageEntry") last.set(change.record.dealId, change.record.stageId);
  const deals = await rows(org, "SELECT Id, StageName FROM Opportunity");
  expect(deals.length).toBeGreaterThan(100);
  expect(deals.filter((deal) => last.get(String(deal["Id"])) !== deal["StageName"])).toEqual([]);
});

test("each mail counts once, whichever stream comes first", async () => {
  const org = await start();
  const connector = org.open();
  const tasks = await readPages(connector, "tasks", null);
  const mails = await readPages(connector, "emails", null);
  const contents = [
    [...tasks, ...mails],
    [...mails, ...tasks],
  ].map((pages) => {
    const held = model();
    held.apply(pages);
    return held.content().filter((line) => line.startsWith("activity "));
  });
  expect(contents[0]).toEqual(contents[1]);
  const messages = await rows(org, "SELECT Id FROM EmailMessage");
  expect(contents[0]?.filter((line) => line.includes('"kind":"email"')).length).toBe(messages.length);
});

test("reconcile gives what the org itself counts and sums", async () => {
  const org = await start({ deals: 200 });
  let amount = 0;
  let count = 0;
  for await (const row of org.open().reconcileRows?.(signal) ?? []) {
    count += 1;
    amount += Number(row.amountRaw ?? 0);
  }
  const own = await rows(org, "SELECT Id, Amount FROM Opportunity");
  expect(count).toBe(own.length);
  expect(amount).toBeCloseTo(
    own.reduce((sum, row) => sum + Number(row["Amount"] ?? 0), 0),
    2,
  );
});

test("a deal purged from the recycle bin is missed by the sweep only", async () => {
  const org = await start();
  const connector = org.open();
  const deals = await readPages(connector, "deals", null);
  const sweep = await readPages(connector, "deal-sweep", null);
  const held = model();
  held.apply(deals);
  const before = held.content().length;
  held.apply(sweep);
  expect(held.content()).toHaveLength(before);
  const [present] = sweep.flatMap(({ changes }) => changes);
  if (present?.op !== "present") throw new Error("no sweep");
  held.apply([{ ...sweep[0]!, changes: [{ ...present, ids: present.ids.slice(1) }] }]);
  expect(held.content()).toHaveLength(before - 1);
});
