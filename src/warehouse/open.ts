import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "#core/errors.ts";
import { classified, type OpenDatabase } from "./dialect/dialect.ts";
import { openDatabase } from "./dialect/open-database.ts";
import { migrateDatabase, type WarehouseDeps } from "./migrate.ts";
import type { ReadDb, Warehouse, WriteTx } from "./warehouse.ts";

/** Opens the warehouse and brings its schema up to date after a backup. Throws `warehouse.*`; a newer schema leaves the file untouched. */
export async function openWarehouse(deps: WarehouseDeps): Promise<Warehouse> {
  const database = await openDatabase(deps.url);
  try {
    await migrateDatabase(database, deps);
  } catch (error) {
    await database.close();
    throw error;
  }
  return warehouseOver(database);
}

/** The two doors over an open, migrated database. */
export function warehouseOver(database: OpenDatabase): Warehouse {
  const inside = new AsyncLocalStorage<true>();
  const enter = <T>(run: () => Promise<T>): Promise<T> => {
    if (inside.getStore() === true) return Promise.reject(nested());
    return inside.run(true, () => classified(database, run));
  };
  return {
    read: (fn) =>
      enter(() =>
        database.reader.transaction().execute(async (tx) => {
          await database.beginRead(tx);
          return fn(tx as unknown as ReadDb);
        }),
      ),
    write: (fn) => enter(() => database.writer.transaction().execute((tx: WriteTx) => fn(tx))),
    close: () => database.close(),
  };
}

function nested(): AppError {
  return new AppError({
    code: "warehouse.nested",
    recovery: "abort",
    message: "A warehouse transaction was opened inside another one; use the handle of the outer one.",
  });
}
