import { lookUp, type SqlRow, type SqlValue, setColumn, upsertRows, upsertValues } from "./bulk.ts";
import type { Decision } from "./fold.ts";
import type { PlanContext, TypePlan } from "./plan-type.ts";
import type { Db } from "./schema/db.ts";
import { bury, keepMerges } from "./tombstones.ts";
import type { WriteTx } from "./warehouse.ts";

const KEY = ["connection_id", "source_id"];

/** Whole stored rows that the plan is going to change or delete, by id. */
export async function rowsBefore(tx: WriteTx, plan: TypePlan, context: PlanContext): Promise<ReadonlyMap<string, SqlRow>> {
  const ids = plan.decisions.filter((decision) => decision.kind === "change" || decision.kind === "delete").map((decision) => decision.id);
  const rows = await lookUp(tx, plan.table.table, "*", context.connectionId, "source_id", ids);
  return new Map(rows.map((row) => [String(row["source_id"]), row]));
}

/** Writes a plan; `extra` adds columns that follow from other rows (deals): the same ones for each decision. */
export async function writeType(
  tx: WriteTx,
  plan: TypePlan,
  old: ReadonlyMap<string, SqlRow>,
  context: PlanContext,
  extra: (decision: Decision) => SqlRow = () => NOTHING,
): Promise<void> {
  const { table, kind } = plan.table;
  const those = (of: Decision["kind"]): readonly Decision[] => plan.decisions.filter((decision) => decision.kind === of);
  const replaced = those("change")
    .map((decision) => old.get(decision.id))
    .filter((row) => row !== undefined);
  if (kind === "versioned") await supersede(tx, table, replaced, context.now);
  const rows = plan.decisions.flatMap((decision) => {
    const row = decision.kind === "change" ? (decision.row ?? contentOf(old.get(decision.id))) : decision.row;
    return row === null ? [] : [{ decision, row, before: old.get(decision.id), extra: extra(decision) }];
  });
  // Apart, because a restored row brings all its columns, one that was told only those of its record.
  const [told, restored] = [rows.filter(({ decision }) => decision.row !== null), rows.filter(({ decision }) => decision.row === null)];
  for (const group of [told, restored]) await write(tx, plan, group, context);
  await setColumn(tx, table, "deleted_seen_at", context.connectionId, new Map(those("delete").map((d) => [d.id, d.deletedAt])));
  await setColumn(tx, table, "source_updated_at", context.connectionId, new Map(those("stamp").map((d) => [d.id, d.updatedAt])));
  if (kind === "versioned") await bury(tx, context.connectionId, plan.type, plan.unknownDeletes, context.now);
  await keepMerges(tx, context.connectionId, plan.type, plan.merges, context.now);
}

const NOTHING: SqlRow = {};

interface WrittenRow {
  readonly decision: Decision;
  readonly row: SqlRow;
  readonly before: SqlRow | undefined;
  readonly extra: SqlRow;
}

async function write(tx: WriteTx, plan: TypePlan, rows: readonly WrittenRow[], context: PlanContext): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const { table, kind } = plan.table;
  const stamps = kind === "versioned" ? VERSIONED : LOGGED;
  const extras = Object.keys(first.extra);
  const own = Object.keys(first.row).filter((column) => !extras.includes(column));
  const values = rows.map((written) => {
    const list = stampsOf(kind, written, context);
    for (const column of own) list.push(written.row[column] ?? null);
    for (const column of extras) list.push(written.extra[column] ?? null);
    return list;
  });
  await upsertValues(tx, { table, key: KEY, keep: ["first_seen_at"] }, [...stamps, ...own, ...extras], values);
}

const LOGGED = ["connection_id", "source_id", "first_seen_at", "deleted_seen_at"] as const;
const VERSIONED = [...LOGGED, "source_updated_at", "content_hash", "changed_seen_at"] as const;

/** In the order of LOGGED and VERSIONED. */
function stampsOf(kind: "versioned" | "log", { decision, before }: WrittenRow, context: PlanContext): SqlValue[] {
  const list: SqlValue[] = [context.connectionId, decision.id, before?.["first_seen_at"] ?? context.now, decision.deletedAt];
  if (kind === "log") return list;
  // A clock that was set back must not make the newer version look older.
  const changed = before === undefined ? context.now : ([String(before["changed_seen_at"]), context.now].sort()[1] ?? context.now);
  list.push(decision.updatedAt, decision.hash, changed);
  return list;
}

const STAMPS: ReadonlySet<string> = new Set(VERSIONED);

function contentOf(row: SqlRow | undefined): SqlRow {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([column]) => !STAMPS.has(column)));
}

/** Keeps versions that are about to be replaced (R5, known at). A version no other moment could have seen leaves no trace. */
export async function supersede(tx: WriteTx, table: keyof Db & string, rows: readonly SqlRow[], now: string): Promise<void> {
  const seen = rows.filter((row) => String(row["changed_seen_at"]) < now);
  await upsertRows(
    tx,
    { table: "superseded_records", key: ["connection_id", "table_name", "source_id", "seen_from"] },
    seen.map((row) => ({
      connection_id: row["connection_id"] ?? "",
      table_name: table,
      source_id: row["source_id"] ?? "",
      seen_from: row["changed_seen_at"] ?? "",
      seen_to: now,
      row: JSON.stringify(row),
    })),
  );
}
