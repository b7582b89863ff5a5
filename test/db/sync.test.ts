import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { listRejects, setState } from "#warehouse/rejects.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { eachDatabase } from "../support/databases.ts";
import { manualClock } from "../support/manual-clock.ts";
import { activity, at, deal, salesProcess, stageEntry, upserts, user } from "../support/records.ts";
import { expectResume, sync } from "../support/resume.ts";
import { pagesOfChanges, scriptedConnector } from "../support/scripted-connector.ts";

const dealIds = (warehouse: Warehouse) =>
  warehouse.read(async (db) =>
    (await db.selectFrom("deals").select("source_id").orderBy("source_id").execute()).map((row) => row.source_id),
  );
const cursors = (warehouse: Warehouse) =>
  warehouse.read(async (db) =>
    Object.fromEntries(
      (await db.selectFrom("sync_cursors").select(["stream", "checkpoint"]).execute()).map((row) => [row.stream, row.checkpoint]),
    ),
  );
const failure = (recovery: AppError["recovery"], retryAfterMs?: number) =>
  new AppError({ code: "crm.test", recovery, message: "No.", retryAfterMs });
const deals = (...ids: string[]) =>
  upserts(
    "deal",
    ids.map((id) => deal({ id })),
  );

eachDatabase((_name, open) => {
  test("pages are stored with their checkpoint; the next run goes on after them", async () => {
    const warehouse = await open();
    const read: number[] = [];
    const script = [{ name: "deals", pages: pagesOfChanges(deals("1", "2", "3"), 2) }];
    const first = await sync(warehouse, scriptedConnector(script));
    expect(first).toMatchObject({ state: "ok", peopleChanged: false, retryAfterMs: null });
    expect(first.streams[0]).toMatchObject({ pages: 2, received: 3, counts: { deal: { inserted: 3 } } });
    const second = await sync(warehouse, scriptedConnector(script, { onRead: (_stream, page) => read.push(page) }));
    expect([second.state, read, await dealIds(warehouse)]).toEqual(["ok", [], ["1", "2", "3"]]);
    await sync(warehouse, scriptedConnector(script, { onRead: (_stream, page) => read.push(page) }), { plan: { full: true } });
    expect(read).toEqual([0, 1]);
  });

  test("a stream that fails keeps its checkpoint and the others go on", async () => {
    const warehouse = await open();
    const report = await sync(
      warehouse,
      scriptedConnector([
        { name: "deals", pages: [{ changes: deals("1") }, failure("abort"), { changes: deals("2") }] },
        { name: "history", pages: [], after: ["deals"] },
        { name: "users", pages: [{ changes: upserts("user", [user()]) }] },
      ]),
    );
    expect(report.state).toBe("partial");
    expect(report.peopleChanged).toBe(true);
    expect(report.streams.map((stream) => [stream.stream, stream.state, stream.error?.code ?? null])).toEqual([
      ["deals", "failed", "crm.test"],
      ["users", "ok", null],
      ["history", "blocked", "sync.blocked"],
    ]);
    expect([await dealIds(warehouse), await cursors(warehouse)]).toEqual([["1"], { deals: '{"v":1,"data":1}', users: '{"v":1,"data":1}' }]);
  });

  test("a refused login stops the whole connection, and a used-up quota says how long to wait", async () => {
    const warehouse = await open();
    const endless = Array.from({ length: 2000 }, (_, index) => ({ changes: deals(String(index)) }));
    const report = await sync(
      warehouse,
      scriptedConnector([
        { name: "users", pages: [{ changes: upserts("user", [user()]) }, failure("wait", 5000)] },
        { name: "deals", pages: endless },
      ]),
    );
    expect([report.state, report.retryAfterMs]).toEqual(["partial", 5000]);
    expect(report.streams.map((stream) => stream.state)).toEqual(["failed", "stopped"]);
    const all = await sync(warehouse, scriptedConnector([{ name: "owners", pages: [failure("reauth")] }]));
    expect(all.state).toBe("failed");
  });

  test("told to stop, it stores the pages it has and the next run reads the rest", async () => {
    const warehouse = await open();
    const stop = new AbortController();
    const script = [{ name: "deals", pages: pagesOfChanges(deals("1", "2", "3", "4", "5"), 1) }];
    const connector = scriptedConnector(script, { onRead: (_stream, page) => page === 2 && stop.abort() });
    const report = await sync(warehouse, connector, { signal: stop.signal });
    expect(report.streams[0]).toMatchObject({ state: "stopped", pages: 3 });
    expect((await sync(warehouse, scriptedConnector(script))).streams[0]).toMatchObject({ state: "ok", pages: 2 });
    expect(await dealIds(warehouse)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("the next page is fetched while one is stored", async () => {
    const warehouse = await open();
    const events: string[] = [];
    await sync(
      warehouse,
      scriptedConnector([{ name: "deals", pages: pagesOfChanges(deals("1", "2", "3"), 1) }], {
        onRead: (_stream, page) => events.push(`fetch ${page}`),
      }),
      { onPage: (_stream, received) => events.push(`stored ${received}`) },
    );
    expect(events).toEqual(["fetch 0", "fetch 1", "stored 1", "fetch 2", "stored 2", "stored 3"]);
  });

  test("an unknown stream is named with the nearest one", async () => {
    const warehouse = await open();
    await expect(sync(warehouse, scriptedConnector([{ name: "deals", pages: [] }]), { plan: { streams: ["deal"] } })).rejects.toMatchObject(
      {
        code: "sync.unknown_stream",
        message: expect.stringContaining("did you mean 'deals'"),
      },
    );
  });

  test("a record goes into quarantine, counts, and leaves it when it goes through", async () => {
    const warehouse = await open();
    const clock = manualClock();
    const bad = { changes: [...deals("1"), ...upserts("deal", [deal({ id: "2", amountRaw: "x" })])] };
    const good = { changes: upserts("deal", [deal({ id: "2", sourceUpdatedAt: at("2026-04-01") })]) };
    const all = () => warehouse.read((db) => listRejects(db, { states: ["open", "parked", "resolved"], limit: 10 }));
    const report = await sync(warehouse, scriptedConnector([{ name: "deals", pages: [bad, bad] }]), { clock });
    expect([report.state, report.streams[0]?.rejected, await dealIds(warehouse)]).toEqual(["partial", 2, ["1"]]);
    expect(await all()).toMatchObject([{ ref: "2", code: "record.bad_amount", times: 2, state: "open", record_type: "deal" }]);
    await sync(warehouse, scriptedConnector([{ name: "deals", pages: [bad, bad, good] }]), { clock });
    expect(await all()).toMatchObject([{ state: "resolved" }]);
  });

  test("a parked record stays parked; a whole new reading that no longer rejects it resolves it", async () => {
    const warehouse = await open();
    const clock = manualClock();
    const reject = { type: "deal", ref: "deals.csv:7", code: "record.bad_amount", reason: "…", payload: null } as const;
    const key = { connection_id: "hs", stream: "deals", ref: reject.ref, code: reject.code };
    const bad = { name: "deals", mode: "snapshot", pages: [{ changes: deals("1"), rejects: [reject] }] } as const;
    await sync(warehouse, scriptedConnector([bad]), { clock });
    expect(await warehouse.write((tx) => setState(tx, key, "parked"))).toBe(true);
    await clock.advance(1000);
    await sync(warehouse, scriptedConnector([bad]), { clock, plan: { full: true } });
    const states = () =>
      warehouse.read(async (db) =>
        (await listRejects(db, { states: ["open", "parked", "resolved"], limit: 9 })).map((row) => [row.state, row.times]),
      );
    expect(await states()).toEqual([["parked", 2]]);
    await clock.advance(1000);
    await sync(warehouse, scriptedConnector([{ ...bad, pages: [{ changes: deals("1", "2") }] }]), { clock, plan: { full: true } });
    expect(await states()).toEqual([["resolved", 2]]);
  });

  test("a page that is mostly unreadable is refused whole", async () => {
    const warehouse = await open();
    const rejects = Array.from(
      { length: 30 },
      (_, index) => ({ type: "deal", ref: String(index), code: "record.bad_amount", reason: "", payload: null }) as const,
    );
    const report = await sync(warehouse, scriptedConnector([{ name: "deals", pages: [{ changes: deals("1"), rejects, received: 31 }] }]));
    expect(report.streams[0]).toMatchObject({ state: "failed", error: { code: "sync.too_many_rejects" } });
    expect([await dealIds(warehouse), await cursors(warehouse)]).toEqual([[], {}]);
  });

  test("law of resume: killed at any commit and run again, the database is the same (law 1)", async () => {
    const changes = [
      ...upserts(
        "deal",
        ["1", "2", "3"].map((id) => deal({ id, stageId: "won", amountRaw: id === "3" ? "bad" : "10" })),
      ),
      ...upserts(
        "stageEntry",
        ["1", "2"].flatMap((dealId) => [
          stageEntry({ dealId, stageId: "discovery", enteredAt: at("2026-03-01") }),
          stageEntry({ dealId, stageId: "won", enteredAt: at("2026-03-20") }),
        ]),
      ),
    ];
    const connector = () =>
      scriptedConnector([
        { name: "stages", pages: [{ changes: upserts("stageVersion", salesProcess()) }] },
        { name: "deals", pages: pagesOfChanges(changes, 2) },
        {
          name: "activities",
          pages: [{ changes: upserts("activity", [activity()]) }, { changes: [{ type: "deal", op: "delete", id: "2" }] }],
        },
      ]);
    expect(await expectResume(open, connector)).toBeGreaterThan(7);
  });
});
