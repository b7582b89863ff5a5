import { type Kysely, sql, type Transaction } from "kysely";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { migrations } from "#migrations/index.ts";
import { classified, type OpenDatabase } from "./dialect/dialect.ts";
import { openDatabase } from "./dialect/open-database.ts";
import type { Db } from "./schema/db.ts";

export interface WarehouseDeps {
  /** `sqlite:PATH`, `sqlite::memory:`, `postgres://…`. A relative path starts at the process's folder. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface MigrationReport {
  /** Names of the migrations that ran now; empty: the schema was up to date. */
  readonly applied: readonly string[];
  /** Copy of the file made before; null when there was nothing to keep, or the server has its own backups. */
  readonly backup: string | null;
}

const NAMES = Object.keys(migrations).sort();
/** What has run, in this very database (or PostgreSQL schema). */
const LEDGER = "schema_migrations";

/** Brings the schema of an address up to date and closes it again (`scorekeeper migrate`). */
export async function migrateWarehouse(deps: WarehouseDeps): Promise<MigrationReport> {
  const database = await openDatabase(deps.url);
  try {
    return await migrateDatabase(database, deps);
  } finally {
    await database.close();
  }
}

/** All missing migrations in one transaction under the migration lock, after a backup of a file that holds data.
 *  Throws `warehouse.newer` before anything is written when the schema knows a migration this program does not. */
export async function migrateDatabase(database: OpenDatabase, deps: Pick<WarehouseDeps, "clock" | "log">): Promise<MigrationReport> {
  return classified(database, async () => {
    const known = await database.reader.transaction().execute((tx) => appliedMigrations(database, tx));
    if (pending(known).length === 0) return { applied: [], backup: null };
    return database.writer.transaction().execute(async (tx) => {
      await database.lockMigrations(tx);
      const applied = await appliedMigrations(database, tx);
      const missing = pending(applied);
      // The lock is held and nothing is changed yet: the copy is the last state of the old schema.
      const backup = missing.length > 0 && applied.length > 0 ? await keepCopy(database, applied.at(-1) ?? "") : null;
      if (applied.length === 0) await createLedger(tx);
      for (const name of missing) await runMigration(tx, name, deps.clock);
      if (missing.length > 0) deps.log.info({ applied: missing.length, backup }, "warehouse schema brought up to date");
      return { applied: missing, backup };
    });
  });
}

function pending(applied: readonly string[]): readonly string[] {
  const unknown = applied.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new AppError({
      code: "warehouse.newer",
      recovery: "configure",
      message: `The warehouse has the schema '${unknown}', this program knows only up to '${NAMES.at(-1)}'. Install the newer version; nothing was changed.`,
    });
  }
  return NAMES.filter((name) => !applied.includes(name));
}

async function appliedMigrations(database: OpenDatabase, tx: Transaction<Db>): Promise<readonly string[]> {
  const tables = await database.ownTables(tx);
  if (tables.includes(LEDGER)) {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(LEDGER)} order by name`.execute(tx);
    return rows.map((row) => row.name);
  }
  if (tables.length === 0) return [];
  throw new AppError({
    code: "warehouse.foreign",
    recovery: "configure",
    message: "The database under 'warehouse' holds tables of another program. Give Scorekeeper a database of its own; nothing was changed.",
  });
}

async function runMigration(tx: Transaction<Db>, name: string, clock: Clock): Promise<void> {
  await migrations[name]?.up(tx as unknown as Kysely<unknown>);
  await sql`insert into ${sql.table(LEDGER)} (name, applied_at) values (${name}, ${clock.now()})`.execute(tx);
}

async function createLedger(tx: Transaction<Db>): Promise<void> {
  await tx.schema
    .createTable(LEDGER)
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
}

async function keepCopy(database: OpenDatabase, lastMigration: string): Promise<string | null> {
  if (database.file === null) return null;
  const to = `${database.file}.schema-${lastMigration.slice(0, 4)}.bak`;
  await database.backup(to);
  return to;
}
