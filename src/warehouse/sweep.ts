import { type Expression, sql } from "kysely";
import type { IdRange } from "#core/records.ts";
import type { Db } from "./schema/db.ts";
import type { WriteTx } from "./warehouse.ts";

export interface StoredId {
  readonly id: string;
  readonly isDeleted: boolean;
}

/** Ids stored within a swept range. Numeric ids compare by length, then as text: the order of whole numbers of any size. */
export async function storedWithin(
  tx: WriteTx,
  table: keyof Db & string,
  connectionId: string,
  within: IdRange,
): Promise<readonly StoredId[]> {
  const conditions = [...ends(within), ...beginning(within.prefix)].map((condition) => sql`and ${condition}`);
  const { rows } = await sql<{ id: string; deleted: string | null }>`
    select ${ID} as id, deleted_seen_at as deleted from ${sql.table(table)} where connection_id = ${connectionId} ${sql.join(conditions, sql` `)}`.execute(
    tx,
  );
  return rows.map((row) => ({ id: row.id, isDeleted: row.deleted !== null }));
}

type Condition = ReturnType<typeof sql>;

const ID = sql.ref("source_id");
const given = (value: string): Condition => sql`cast(${value} as text)`;

function ends({ order, after, upTo }: IdRange): readonly Condition[] {
  // Between two ids of one length lie only ids of that length, in the order of the text: the key's own index finds them.
  const isText = order === "text" || (after !== null && upTo !== null && after.length === upTo.length);
  const ordered = (value: Expression<unknown>) => (isText ? value : sql`(length(${value}), ${value})`);
  return [
    ...(after === null ? [] : [sql`${ordered(ID)} > ${ordered(given(after))}`]),
    ...(upTo === null ? [] : [sql`${ordered(ID)} <= ${ordered(given(upTo))}`]),
    ...(isText && order === "numeric" ? [sql`length(${ID}) = ${upTo?.length ?? 0}`] : []),
  ];
}

/** Ids that begin so, as a range the index knows: up to the same text with its last character moved on by one. */
function beginning(prefix = ""): readonly Condition[] {
  if (prefix === "") return [];
  const next = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return [sql`${ID} > ${given(prefix)}`, sql`${ID} < ${given(next)}`];
}
