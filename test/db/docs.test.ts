import { readFileSync } from "node:fs";
import { CompiledQuery } from "kysely";
import { expect, test } from "vitest";
import { silentLog } from "#core/log.ts";
import { openDatabase } from "#warehouse/dialect/open-database.ts";
import { migrateDatabase } from "#warehouse/migrate.ts";
import { eachDatabase } from "../support/databases.ts";
import { manualClock } from "../support/manual-clock.ts";

const page = readFileSync(new URL("../../docs/warehouse.md", import.meta.url), "utf8");
const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

test("docs/warehouse.md names every table, and none that is not there", async () => {
  const database = await openDatabase("sqlite::memory:");
  await migrateDatabase(database, { clock: manualClock(), log: silentLog });
  const tables = await database.writer.transaction().execute((tx) => database.ownTables(tx));
  await database.close();
  const firstCells = page.split("\n").flatMap((line) => /^\| (`.+?) \|/.exec(line)?.[1] ?? []);
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ""));
  expect(named.sort()).toEqual([...tables].sort());
});

eachDatabase((_name, open) => {
  test("the queries of docs/warehouse.md run", async () => {
    const warehouse = await open();
    expect(queries.length).toBeGreaterThan(4);
    for (const query of queries) await warehouse.write((tx) => tx.executeQuery(CompiledQuery.raw(query)));
  });
});
