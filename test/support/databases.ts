import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { afterAll, afterEach, describe } from "vitest";
import { silentLog } from "#core/log.ts";
import type { OpenDatabase } from "#warehouse/dialect/dialect.ts";
import { openDatabase } from "#warehouse/dialect/open-database.ts";
import { postgresDatabase } from "#warehouse/dialect/postgres.ts";
import { migrateDatabase } from "#warehouse/migrate.ts";
import { warehouseOver } from "#warehouse/open.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { manualClock } from "./manual-clock.ts";

export type DatabaseName = "sqlite" | "postgres";
/** An empty, migrated warehouse of its own; closed after the test that opened it. */
export type OpenWarehouse = () => Promise<Warehouse>;

const DATABASES: Readonly<Record<DatabaseName, () => Promise<OpenDatabase>>> = { sqlite: emptySqlite, postgres: emptyPglite };

/** Runs a describe on SQLite (a file) and on PGlite: the same cases must hold on both (law 4). Open in the test or in beforeEach. */
export function eachDatabase(define: (name: DatabaseName, open: OpenWarehouse) => void): void {
  describe.each(Object.keys(DATABASES) as DatabaseName[])("on %s", (name) => {
    const opened: OpenDatabase[] = [];
    afterEach(async () => {
      for (const database of opened.splice(0)) await database.close();
    });
    define(name, async () => {
      const database = await DATABASES[name]();
      opened.push(database);
      return warehouseOver(database);
    });
  });
}

let folder: string | null = null;
let files = 0;
let pglite: PGlite | null = null;
let schemas = 0;

/** The folder of this worker's databases, removed at the end. */
function temporaryFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), "scorekeeper-"));
  return folder;
}

async function migrated(database: OpenDatabase): Promise<OpenDatabase> {
  await migrateDatabase(database, { clock: manualClock(), log: silentLog });
  return database;
}

/** Migrated once, then copied: a migration of every table for each test would cost more than the tests. */
async function emptySqlite(): Promise<OpenDatabase> {
  const template = join(temporaryFolder(), "template.db");
  if (files === 0) await (await migrated(await openDatabase(`sqlite:${template}`))).close();
  files += 1;
  const path = join(temporaryFolder(), `${files}.db`);
  copyFileSync(template, path);
  return openDatabase(`sqlite:${path}`);
}

/** One instance per worker, one schema per warehouse; whole numbers and sums as numbers, as the driver for servers does. */
async function emptyPglite(): Promise<OpenDatabase> {
  pglite ??= await PGlite.create({ parsers: { 20: Number, 1700: Number } });
  schemas += 1;
  const schema = `warehouse_${schemas}`;
  await pglite.exec(`create schema ${schema}`);
  return migrated(postgresDatabase(new PGliteDialect({ pglite: inSchema(pglite, schema) }), "PGlite"));
}

/** Every transaction of ours starts in its own schema; the instance outlives it. */
function inSchema(instance: PGlite, schema: string): ConstructorParameters<typeof PGliteDialect>[0]["pglite"] {
  return {
    closed: false,
    ready: true,
    waitReady: Promise.resolve(),
    close: async () => {
      await instance.exec(`drop schema ${schema} cascade`);
    },
    query: (query, parameters, options) => instance.query(query, parameters, options),
    transaction: (run) =>
      instance.transaction(async (tx) => {
        await tx.exec(`set local search_path to ${schema}`);
        return run(tx);
      }),
  };
}

afterAll(async () => {
  await pglite?.close();
  pglite = null;
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
  files = 0;
});
