import type { Transaction } from "kysely";
import type { ReadonlyKysely } from "kysely/readonly";
import type { Db } from "./schema/db.ts";

export type WriteTx = Transaction<Db>;
export type ReadDb = ReadonlyKysely<Db>;
/** Select only, in a reading or a writing transaction alike. */
export type Reader = Pick<ReadDb, "selectFrom">;

/** Two doors, no bare handle: on SQLite an outer handle used inside a transaction would wait for itself for ever. */
export interface Warehouse {
  /** A consistent picture: everything `fn` reads belongs to one moment. */
  read<T>(fn: (db: ReadDb) => Promise<T>): Promise<T>;
  /** One transaction: all of `fn` is stored or nothing. Callers MUST use `tx` only. */
  write<T>(fn: (tx: WriteTx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
