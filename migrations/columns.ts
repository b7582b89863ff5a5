import { type Kysely, SqliteAdapter, sql } from "kysely";

/** Text sorts by code point on both databases (law 4). SQLite does so by itself and does not know the collation "C". */
function columnType(db: Kysely<unknown>, type: string) {
  const isPostgres = !(db.getExecutor().adapter instanceof SqliteAdapter);
  if (type === "text") return isPostgres ? sql`text collate "C"` : sql`text`;
  if (type === "real") return isPostgres ? sql`double precision` : sql`real`;
  return type === "bigint" ? sql`bigint` : sql`integer`;
}

const COLUMN = /^(\w+?)(?::(text|integer|bigint|real))?(\?)?$/;

/** Frozen: released migrations rest on it. `columns` is a list of `name`, `name?` (may be null), `name:integer`, `name:real?` …; text by default. */
export async function createTable(db: Kysely<unknown>, name: string, columns: string, primaryKey: string): Promise<void> {
  let builder = db.schema.createTable(name);
  for (const declared of columns.split(/\s+/)) {
    const [, column = declared, type = "text", nullable] = COLUMN.exec(declared) ?? [];
    builder = builder.addColumn(column, columnType(db, type), (c) => (nullable === undefined ? c.notNull() : c));
  }
  await builder.addPrimaryKeyConstraint(`${name}_pk`, primaryKey.split(" ") as never).execute();
}

/** The columns of every row that came from a CRM. */
export const CRM_ROW = "connection_id source_id source_updated_at? content_hash first_seen_at changed_seen_at deleted_seen_at?";
