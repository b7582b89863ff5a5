import { mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import { AppError } from "#core/errors.ts";
import type { Db } from "../schema/db.ts";
import type { OpenDatabase } from "./dialect.ts";
import { cachedStatements } from "./sqlite-statements.ts";

const MEMORY = ":memory:";
/** Longest wait for another process's transaction; page transactions are far shorter. */
const BUSY_TIMEOUT_MS = 10_000;

/** Opens or creates a database file; `path` may be `:memory:` (then readers share the writer's connection). */
export function openSqlite(path: string): OpenDatabase {
  const inMemory = path === MEMORY;
  const file = inMemory ? undefined : statSync(path, { throwIfNoEntry: false });
  if (file?.isDirectory()) throw appError(unwritable, path, undefined);
  const isNew = file === undefined || file.size === 0;
  const handle = (readonly: boolean): Kysely<Db> =>
    new Kysely<Db>({ dialect: new SqliteDialect({ database: async () => cachedStatements(connect(path, readonly)) }) });
  // A reader can't create the file, and nothing may be written to an old one before its schema has been looked at.
  if (isNew && !inMemory) create(path);
  const writer = handle(false);
  const reader = inMemory ? writer : handle(true);
  return {
    writer,
    reader,
    beginRead: async () => {},
    lockMigrations: async () => {},
    classify: (error) => classify(error, path),
    backup: (to) => backup(path, to),
    file: inMemory ? null : path,
    ownTables: async (tx) => {
      const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(tx);
      return rows.map((row) => row.name);
    },
    close: async () => {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function create(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    connect(path, false).close();
  } catch (error) {
    throw classify(error, path) ?? error;
  }
}

function connect(path: string, readonly: boolean): Database.Database {
  const database = new Database(path, { readonly, timeout: BUSY_TIMEOUT_MS });
  try {
    if (!readonly) {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = NORMAL");
      // Pages of a first load rewrite the same index pages: copy them back every 32 MB, not every 4.
      database.pragma("wal_autocheckpoint = 8000");
      database.pragma("journal_size_limit = 67108864");
    }
    // Rows pass through the writer once; the reader comes back to them.
    database.pragma(`cache_size = ${readonly ? -32_768 : -12_288}`);
    database.pragma("temp_store = MEMORY");
    database.pragma("foreign_keys = ON");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function backup(path: string, to: string): Promise<void> {
  if (path === MEMORY) {
    throw new AppError({
      code: "warehouse.backup_unsupported",
      recovery: "configure",
      message: "A warehouse in memory can't be backed up.",
    });
  }
  const source = new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    // Renamed when whole, so that a copy cut short is never taken for a backup.
    await source.backup(`${to}.part`);
    renameSync(`${to}.part`, to);
  } finally {
    source.close();
  }
}

type Meaning = readonly [code: string, recovery: AppError["recovery"], message: (path: string) => string];

const unwritable: Meaning = [
  "warehouse.unwritable",
  "configure",
  (path) => `The warehouse '${path}' can't be opened for writing. Check that its folder exists and that this user may write there.`,
];
const MEANINGS: Readonly<Record<string, Meaning>> = {
  SQLITE_CANTOPEN: unwritable,
  SQLITE_READONLY: unwritable,
  SQLITE_PERM: unwritable,
  SQLITE_AUTH: unwritable,
  EACCES: unwritable,
  EPERM: unwritable,
  EROFS: unwritable,
  ENOTDIR: unwritable,
  EISDIR: unwritable,
  EEXIST: unwritable,
  ENOENT: unwritable,
  SQLITE_NOTADB: [
    "warehouse.not_a_database",
    "configure",
    (path) => `'${path}' is no SQLite database. Set another path under 'warehouse', or restore the file from a backup.`,
  ],
  SQLITE_CORRUPT: [
    "warehouse.damaged",
    "abort",
    (path) => `The warehouse '${path}' is damaged. Restore the latest backup with 'scorekeeper restore', then run 'sync'.`,
  ],
  SQLITE_FULL: [
    "warehouse.disk_full",
    "configure",
    (path) => `The disk that holds the warehouse '${path}' is full. Free some space and run again.`,
  ],
  SQLITE_IOERR: [
    "warehouse.damaged",
    "abort",
    (path) => `Reading or writing the warehouse '${path}' failed. Check the disk; restore a backup if it is damaged.`,
  ],
  SQLITE_BUSY: ["warehouse.busy", "retry", (path) => `Another process holds the warehouse '${path}'. Run again when it is done.`],
  SQLITE_LOCKED: ["warehouse.busy", "retry", (path) => `Another transaction holds the warehouse '${path}'. Run again when it is done.`],
};

function classify(error: unknown, path: string): AppError | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !(error instanceof Error)) {
    const isMissingFolder = error instanceof TypeError && error.message.includes("directory does not exist");
    return isMissingFolder ? appError(unwritable, path, error) : null;
  }
  // Extended codes such as SQLITE_IOERR_WRITE or SQLITE_CANTOPEN_ISDIR mean what their first two words mean.
  const meaning = MEANINGS[code] ?? MEANINGS[code.split("_").slice(0, 2).join("_")];
  return meaning === undefined ? null : appError(meaning, path, error);
}

function appError([code, recovery, message]: Meaning, path: string, cause: unknown): AppError {
  return new AppError({ code, recovery, message: message(path), cause });
}
