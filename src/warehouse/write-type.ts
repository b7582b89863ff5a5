import { lookUp, type SqlRow, setColumn, upsertRows } from "./bulk.ts";
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

/** Writes a plan; `extra` adds columns that follow from other rows (deals). */
export async function writeType(
  tx: WriteTx,
  plan: TypePlan,
  old: ReadonlyMap<string, SqlRow>,
  context: PlanContext,
  extra: (decision: Decision) => SqlRow = () => ({}),
): Promise<void> {
  const { table, kind } = plan.table;
  const those = (of: Decision["kind"]): readonly Decision[] => plan.decisions.filter((decision) => decision.kind === of);
  const replaced = those("change")
    .map((decision) => old.get(decision.id))
    .filter((row) => row !== undefined);
  if (kind === "versioned") await supersede(tx, table, replaced, context.now);
  const written = (decision: Decision): SqlRow => ({ ...wholeRow(kind, decision, old.get(decision.id), context), ...extra(decision) });
  const [told, restored] = [plan.decisions.filter((d) => d.row !== null), those("change").filter((d) => d.row === null)];
  // Apart, because a restored row brings all its columns, one that was told only those of its record.
  for (const group of [told, restored]) await upsertRows(tx, { table, key: KEY, keep: ["first_seen_at"] }, group.map(written));
  await setColumn(tx, table, "deleted_seen_at", context.connectionId, new Map(those("delete").map((d) => [d.id, d.deletedAt])));
  await setColumn(tx, table, "source_updated_at", context.connectionId, new Map(those("stamp").map((d) => [d.id, d.updatedAt])));
  if (kind === "versioned") await bury(tx, context.connectionId, plan.type, plan.unknownDeletes, context.now);
  await keepMerges(tx, context.connectionId, plan.type, plan.merges, context.now);
}

function wholeRow(kind: "versioned" | "log", decision: Decision, before: SqlRow | undefined, context: PlanContext): SqlRow {
  if (kind === "log") return logRow(decision, before, context);
  const changedBefore = String(before?.["changed_seen_at"] ?? "");
  return {
    connection_id: context.connectionId,
    source_id: decision.id,
    source_updated_at: decision.updatedAt,
    content_hash: decision.hash,
    first_seen_at: before?.["first_seen_at"] ?? context.now,
    // A clock that was set back must not make the newer version look older.
    changed_seen_at: [changedBefore, context.now].sort()[1] ?? context.now,
    deleted_seen_at: decision.deletedAt,
    ...(decision.row ?? contentOf(before)),
  };
}

const STAMPS = new Set([
  "connection_id",
  "source_id",
  "source_updated_at",
  "content_hash",
  "first_seen_at",
  "changed_seen_at",
  "deleted_seen_at",
]);

function contentOf(row: SqlRow | undefined): SqlRow {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([column]) => !STAMPS.has(column)));
}

function logRow(decision: Decision, before: SqlRow | undefined, context: PlanContext): SqlRow {
  return {
    connection_id: context.connectionId,
    source_id: decision.id,
    first_seen_at: before?.["first_seen_at"] ?? context.now,
    deleted_seen_at: decision.deletedAt,
    ...(decision.row ?? contentOf(before)),
  };
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
