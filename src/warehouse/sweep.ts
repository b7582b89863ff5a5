import { type Expression, sql } from "kysely";
import type { IdRange } from "#core/records.ts";
import type { Db } from "./schema/db.ts";
import type { WriteTx } from "./warehouse.ts";

export interface StoredId {
  readonly id: string;
  readonly isDeleted: boolean;
}

/** Ids stored within a swept range (and with its prefix). Numeric ids compare by length, then as text: the order of whole numbers of any size. */
export async function storedWithin(
  tx: WriteTx,
  table: keyof Db & string,
  connectionId: string,
  within: IdRange,
): Promise<readonly StoredId[]> {
  const id = sql.ref("source_id");
  const given = (value: string) => sql<string>`cast(${value} as text)`;
  const order = (value: Expression<unknown>) => (within.order === "numeric" ? sql`(length(${value}), ${value})` : value);
  const after = within.after === null ? sql`` : sql`and ${order(id)} > ${order(given(within.after))}`;
  const upTo = within.upTo === null ? sql`` : sql`and ${order(id)} <= ${order(given(within.upTo))}`;
  const prefix = within.prefix ?? "";
  const own = prefix === "" ? sql`` : sql`and substr(${id}, 1, length(${given(prefix)})) = ${prefix}`;
  const { rows } = await sql<{ id: string; deleted: string | null }>`
    select ${id} as id, deleted_seen_at as deleted from ${sql.table(table)} where connection_id = ${connectionId} ${after} ${upTo} ${own}`.execute(
    tx,
  );
  return rows.map((row) => ({ id: row.id, isDeleted: row.deleted !== null }));
}
