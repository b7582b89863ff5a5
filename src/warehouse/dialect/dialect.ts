import { type Kysely, SqliteAdapter } from "kysely";
import { type AppError, isAppError } from "#core/errors.ts";
import type { Db } from "../schema/db.ts";

/** An open database: all that differs between SQLite and PostgreSQL, beside the bind limit in bulk.ts. */
export interface OpenDatabase {
  /** Everything is written through this one, in transactions. */
  readonly writer: Kysely<Db>;
  /** A door of its own, so that a reader never waits for the writer (in memory: the writer itself). */
  readonly reader: Kysely<Db>;
  /** First statement of a read transaction: makes all that follows belong to one moment. */
  beginRead(tx: Kysely<Db>): Promise<void>;
  /** First statement of a migrating transaction: a second process waits here until the first is done. */
  lockMigrations(tx: Kysely<Db>): Promise<void>;
  /** What the driver's error means to an operator; null when it says nothing about the database's state. */
  classify(error: unknown): AppError | null;
  /** A consistent copy into a new file; throws `warehouse.backup_unsupported` where the server has its own tools. */
  backup(to: string): Promise<void>;
  /** The database file, beside which copies are put; null where there is none. */
  readonly file: string | null;
  /** Tables of this very database (or PostgreSQL schema), in no order. */
  ownTables(tx: Kysely<Db>): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Whether a handle belongs to SQLite; asked only in this folder and by bulk.ts. */
export function isSqlite(db: Pick<Kysely<never>, "getExecutor">): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter;
}

/** Runs, and turns a driver's error into the one an operator understands; others pass unchanged. */
export async function classified<T>(database: Pick<OpenDatabase, "classify">, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw database.classify(error) ?? error;
  }
}
