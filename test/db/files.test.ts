import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLog } from "#core/log.ts";
import { openDatabase } from "#warehouse/dialect/open-database.ts";
import { migrateWarehouse } from "#warehouse/migrate.ts";
import { openWarehouse } from "#warehouse/open.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { manualClock } from "../support/manual-clock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scorekeeper-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deps = (path: string) => ({ url: `sqlite:${path}`, clock: manualClock(), log: silentLog });
const setting = (key: string) => ({ key, value: "1", changed_at: "t", changed_by: "me" });
const keys = (warehouse: Warehouse) =>
  warehouse.read(async (db) => (await db.selectFrom("settings").select("key").orderBy("key").execute()).map((row) => row.key));

/** Takes the last migrations back, as an older program would have left the file. */
async function forget(path: string, change: "last" | "future"): Promise<void> {
  const database = await openDatabase(`sqlite:${path}`);
  await database.writer.transaction().execute(async (tx) => {
    const ledger = tx.withTables<{ schema_migrations: { name: string; applied_at: string } }>();
    if (change === "future") await ledger.insertInto("schema_migrations").values({ name: "9999_future", applied_at: "t" }).execute();
    else await ledger.deleteFrom("schema_migrations").where("name", "=", "0005_reconcile").execute();
    if (change === "last") for (const table of ["reconcile_results", "reconcile_differences"]) await tx.schema.dropTable(table).execute();
  });
  await database.close();
}

test("a new file is made with its folder, and opens again with what was written", async () => {
  const path = join(folder, "deep", "er", "w.db");
  const first = await openWarehouse(deps(path));
  await first.write((tx) => tx.insertInto("settings").values(setting("a")).execute());
  await first.close();
  const second = await openWarehouse(deps(path));
  expect(await keys(second)).toEqual(["a"]);
  await second.close();
});

test("two processes that migrate at once both find the schema whole", async () => {
  const path = join(folder, "w.db");
  const script = fileURLToPath(new URL("../support/migrate-once.ts", import.meta.url));
  const migrateOnce = async (): Promise<number> => Number((await promisify(execFile)(process.execPath, [script, `sqlite:${path}`])).stdout);
  const [one, other] = (await Promise.all([migrateOnce(), migrateOnce()])).sort();
  expect(one).toBe(0);
  expect(other).toBeGreaterThan(0);
});

test("a reader neither waits for the writer nor sees half of its work", async () => {
  const warehouse = await openWarehouse(deps(join(folder, "w.db")));
  const seen: string[][] = [];
  const written = Promise.withResolvers<void>();
  const read = Promise.withResolvers<void>();
  const writing = warehouse.write(async (tx) => {
    await tx.insertInto("settings").values(setting("a")).execute();
    written.resolve();
    await read.promise;
    await tx.insertInto("settings").values(setting("b")).execute();
  });
  await written.promise;
  seen.push(await keys(warehouse));
  read.resolve();
  await writing;
  seen.push(await keys(warehouse));
  expect(seen).toEqual([[], ["a", "b"]]);
  await warehouse.close();
});

test("what a read sees belongs to one moment", async () => {
  const warehouse = await openWarehouse(deps(join(folder, "w.db")));
  const other = await openWarehouse(deps(join(folder, "w.db")));
  const seen = await warehouse.read(async (db) => {
    const before = await db.selectFrom("settings").select("key").execute();
    await other.write((tx) => tx.insertInto("settings").values(setting("a")).execute());
    return [before, await db.selectFrom("settings").select("key").execute()];
  });
  expect(seen).toEqual([[], []]);
  expect(await keys(warehouse)).toEqual(["a"]);
  await Promise.all([warehouse.close(), other.close()]);
});

test("a newer schema stops the program and leaves the file as it was", async () => {
  const path = join(folder, "w.db");
  await migrateWarehouse(deps(path));
  await forget(path, "future");
  const before = readFileSync(path);
  await expect(openWarehouse(deps(path))).rejects.toMatchObject({ code: "warehouse.newer", recovery: "configure" });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("a migration keeps a copy of the old file first", async () => {
  const path = join(folder, "w.db");
  await migrateWarehouse(deps(path));
  await forget(path, "last");
  const report = await migrateWarehouse(deps(path));
  const copies = readdirSync(folder).filter((name) => name.endsWith(".bak"));
  expect(copies).toHaveLength(1);
  const copy = await openDatabase(`sqlite:${join(folder, copies[0] ?? "")}`);
  expect(await copy.reader.transaction().execute((tx) => copy.ownTables(tx))).toContain("deals");
  await copy.close();
  expect(report).toMatchObject({ backup: join(folder, copies[0] ?? "") });
});

test.each([
  ["no database", (path: string) => writeFileSync(path, "name,amount\n".repeat(500)), "warehouse.not_a_database"],
  [
    "a file cut short",
    (path: string) => writeFileSync(path, Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(300, 7)])),
    "warehouse.not_a_database",
  ],
])("%s is said to be none, and left alone", async (_name, make, code) => {
  const path = join(folder, "w.db");
  make(path);
  const before = readFileSync(path);
  await expect(openWarehouse(deps(path))).rejects.toMatchObject({ code });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("the database of another program is refused untouched", async () => {
  const path = join(folder, "w.db");
  const database = await openDatabase(`sqlite:${path}`);
  await database.writer.schema.createTable("theirs").addColumn("id", "integer").execute();
  await database.close();
  await expect(openWarehouse(deps(path))).rejects.toMatchObject({ code: "warehouse.foreign" });
});

test("a path through a file, or a folder as path, can't be written", async () => {
  writeFileSync(join(folder, "file"), "x");
  await expect(openWarehouse(deps(join(folder, "file", "w.db")))).rejects.toMatchObject({ code: "warehouse.unwritable" });
  await expect(openWarehouse(deps(folder))).rejects.toMatchObject({ code: "warehouse.unwritable" });
  expect(existsSync(join(folder, "w.db"))).toBe(false);
});

test("an address that is none is refused without showing what may be a password", async () => {
  const opening = openWarehouse({ ...deps(""), url: "mysql://user:secret@host/db" });
  await expect(opening).rejects.toMatchObject({ code: "warehouse.url", message: expect.not.stringContaining("secret") });
});

test("a server that is not there is named without its password", async () => {
  const opening = openWarehouse({ ...deps(""), url: "postgres://user:secret@127.0.0.1:1/db" });
  await expect(opening).rejects.toMatchObject({
    code: "warehouse.unreachable",
    message: expect.stringMatching(/127\.0\.0\.1:1\/db(?!.*secret)/),
  });
});

test("a warehouse in memory works through both doors", async () => {
  const warehouse = await openWarehouse({ ...deps(""), url: "sqlite::memory:" });
  await warehouse.write((tx) => tx.insertInto("settings").values(setting("a")).execute());
  expect(await keys(warehouse)).toEqual(["a"]);
  await warehouse.close();
});
