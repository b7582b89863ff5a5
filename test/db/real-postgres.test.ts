import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { silentLog } from "#core/log.ts";
import { migrateWarehouse } from "#warehouse/migrate.ts";
import { openWarehouse } from "#warehouse/open.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { apply } from "../support/apply.ts";
import { contentOf } from "../support/content.ts";
import { manualClock } from "../support/manual-clock.ts";
import { isRequired, type RealPostgres, startRealPostgres } from "../support/real-postgres.ts";
import { activity, at, deal, salesProcess, stageEntry, upserts, user } from "../support/records.ts";
import { expectResume } from "../support/resume.ts";
import { pagesOfChanges, scriptedConnector } from "../support/scripted-connector.ts";

let started: RealPostgres | string = "not started";
beforeAll(async () => {
  started = await startRealPostgres();
}, 60_000);
afterAll(async () => {
  if (typeof started !== "string") await started.stop();
});

/** The server; without one the test is skipped with the reason, or fails where a real one is required. */
function server(context: TestContext): RealPostgres {
  if (typeof started !== "string") return started;
  if (isRequired) throw new Error(`a real PostgreSQL is required: ${started}`);
  return context.skip(started);
}

const deps = (url: string) => ({ url, clock: manualClock(), log: silentLog });
const setting = (key: string) => ({ key, value: "1", changed_at: "t", changed_by: "me" });
const keys = (warehouse: Warehouse) =>
  warehouse.read(async (db) => (await db.selectFrom("settings").select("key").orderBy("key").execute()).map((row) => row.key));
const changes = [
  ...upserts("stageVersion", salesProcess()),
  ...upserts("user", [user({ name: "Zażółć \u{1f600} \0" })]),
  ...upserts(
    "deal",
    Array.from({ length: 1200 }, (_, index) => deal({ id: String(index), name: `d${index}`, stageId: "won" })),
  ),
  ...upserts("stageEntry", [stageEntry({ dealId: "7", stageId: "won", enteredAt: at("2026-03-20") })]),
  ...upserts("activity", [activity({ minutes: 0.1 })]),
];

test("two processes that migrate at once both find the schema whole", async (context) => {
  const url = await server(context).freshDatabase();
  const reports = await Promise.all([migrateWarehouse(deps(url)), migrateWarehouse(deps(url))]);
  expect(reports.map((report) => report.applied.length > 0).sort()).toEqual([false, true]);
  await (await openWarehouse(deps(url))).close();
});

test("a server holds the same rows as a file (law 4)", async (context) => {
  const onServer = await openWarehouse(deps(await server(context).freshDatabase()));
  const inFile = await openWarehouse(deps("sqlite::memory:"));
  for (const warehouse of [onServer, inFile]) {
    await apply(warehouse, changes);
    await apply(warehouse, [{ type: "deal", op: "present", ids: ["7", "70"], within: { order: "numeric", after: "6", upTo: "99" } }]);
    await apply(warehouse, upserts("deal", [deal({ id: "7", amountRaw: "7", sourceUpdatedAt: at("2026-07-07") })]), {
      now: at("2026-07-08"),
    });
  }
  expect(await contentOf(onServer)).toEqual(await contentOf(inFile));
  await Promise.all([onServer.close(), inFile.close()]);
});

test("sums, counts and money come back as numbers", async (context) => {
  const warehouse = await openWarehouse(deps(await server(context).freshDatabase()));
  await apply(warehouse, upserts("deal", [deal({ amountRaw: "90071992547409.91" }), deal({ id: "2", amountRaw: "-1" })]));
  const row = await warehouse.read((db) =>
    db
      .selectFrom("deals")
      .select((e) => [e.fn.countAll().as("n"), e.fn.sum("amount_minor").as("sum"), e.fn.max("amount_minor").as("most")])
      .executeTakeFirst(),
  );
  expect(row).toEqual({ n: 2, sum: Number.MAX_SAFE_INTEGER - 100, most: Number.MAX_SAFE_INTEGER });
  await warehouse.close();
});

test("what a read sees belongs to one moment, and it does not wait for the writer", async (context) => {
  const url = await server(context).freshDatabase();
  const [warehouse, other] = [await openWarehouse(deps(url)), await openWarehouse(deps(url))];
  const seen = await warehouse.read(async (db) => {
    const before = await db.selectFrom("settings").select("key").execute();
    await other.write((tx) => tx.insertInto("settings").values(setting("0")).execute());
    return [before, await db.selectFrom("settings").select("key").execute()];
  });
  expect(seen).toEqual([[], []]);
  const written = Promise.withResolvers<void>();
  const read = Promise.withResolvers<void>();
  const writing = warehouse.write(async (tx) => {
    await tx.insertInto("settings").values(setting("a")).execute();
    written.resolve();
    await read.promise;
    await tx.insertInto("settings").values(setting("b")).execute();
  });
  await written.promise;
  expect(await keys(warehouse)).toEqual(["0"]);
  read.resolve();
  await writing;
  expect(await keys(warehouse)).toEqual(["0", "a", "b"]);
  await Promise.all([warehouse.close(), other.close()]);
});

test("law of resume on a server (law 1)", async (context) => {
  const postgres = server(context);
  const opened: Warehouse[] = [];
  const open = async () => {
    const warehouse = await openWarehouse(deps(await postgres.freshDatabase()));
    opened.push(warehouse);
    return warehouse;
  };
  expect(await expectResume(open, () => scriptedConnector([{ name: "all", pages: pagesOfChanges(changes, 500) }]))).toBeGreaterThan(2);
  for (const warehouse of opened) await warehouse.close();
});

test("a database that does not exist is named with what to do", async (context) => {
  await expect(openWarehouse(deps(server(context).missingDatabase))).rejects.toMatchObject({ code: "warehouse.no_database" });
});
