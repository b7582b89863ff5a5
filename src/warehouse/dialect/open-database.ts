import { AppError } from "#core/errors.ts";
import type { OpenDatabase } from "./dialect.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";

/** Opens the database of an address without looking at its schema: `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
export async function openDatabase(url: string): Promise<OpenDatabase> {
  if (/^postgres(ql)?:/.test(url)) return openPostgres(url);
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path !== undefined) return openSqlite(path);
  throw new AppError({
    code: "warehouse.url",
    recovery: "configure",
    message: `'${url.split(":")[0]}:…' is no warehouse address; expected sqlite:data/scorekeeper.db or postgres://user@host/database.`,
  });
}
