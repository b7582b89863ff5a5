import type { Database, Statement } from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";

const CACHED = 300;

/** The connection as Kysely sees it: each text is prepared once, and a list of parameter lists runs the one statement for each
 *  (single prepared statements beat multi-row VALUES on SQLite). Transactions take the write lock at once, because one that
 *  starts reading and writes later fails when another process wrote in between. */
export function cachedStatements(database: Database): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const found = cache.get(sql);
    if (found !== undefined) return found;
    const made = statement(database, sql === "begin" && !database.readonly ? "begin immediate" : sql);
    if (cache.size >= CACHED) cache.clear();
    cache.set(sql, made);
    return made;
  };
  return { prepare, close: () => database.close() };
}

function statement(database: Database, sql: string): SqliteStatement {
  const prepared = database.prepare(sql);
  return {
    reader: prepared.reader,
    all: (parameters) => (isMany(parameters) ? parameters.flatMap((one) => prepared.all(...one)) : prepared.all(...parameters)),
    run: (parameters) => (isMany(parameters) ? runEach(prepared, parameters) : prepared.run(...parameters)),
    // Its own statement: a cached one would still be open when the same text runs again.
    iterate: (parameters) => database.prepare(sql).iterate(...parameters),
  };
}

function isMany(parameters: readonly unknown[]): parameters is readonly (readonly unknown[])[] {
  return Array.isArray(parameters[0]);
}

function runEach(
  prepared: Statement<unknown[]>,
  parameters: readonly (readonly unknown[])[],
): { changes: number; lastInsertRowid: number } {
  let changes = 0;
  for (const one of parameters) changes += prepared.run(one).changes;
  return { changes, lastInsertRowid: 0 };
}
