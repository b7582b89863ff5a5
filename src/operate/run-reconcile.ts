import type { Connector, ReconcileRow } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { Organization } from "#core/organization.ts";
import type { Outcome } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { ReadDb, Warehouse, WriteTx } from "#warehouse/warehouse.ts";
import { type Difference, type OurDeal, reconciler, type TotalLine } from "./reconcile.ts";

const BATCH = 500;

export interface ReconcileReport {
  readonly connectionId: string;
  readonly comparedAt: Instant;
  readonly crmDeals: number;
  readonly ourDeals: number;
  readonly lines: readonly TotalLine[];
  readonly differences: readonly Difference[];
}

export interface ReconcileDeps {
  readonly connector: Connector;
  readonly connectionId: string;
  readonly warehouse: Warehouse;
  readonly organization: Organization;
  /** Whether a deal takes part by the configured scope. */
  readonly inScope: (deal: { readonly pipelineId: string; readonly dimensions: string }) => boolean;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/** Compares every deal the CRM lists with ours and keeps the result; throws `reconcile.unsupported` for a source that can't be listed. */
export async function runReconcile(deps: ReconcileDeps): Promise<ReconcileReport> {
  const { connector, connectionId, warehouse, organization, now, signal } = deps;
  if (connector.reconcileRows === undefined) {
    throw new AppError({
      code: "reconcile.unsupported",
      recovery: "configure",
      message: `Connection '${connectionId}' has no totals of its own to compare with (${connector.crm}). Run reconcile for a CRM connection.`,
    });
  }
  const run = reconciler({ currency: organization.currency, periods: organization.periods });
  const seen = new Set<string>();
  for await (const batch of batches(connector.reconcileRows(signal), BATCH)) {
    const ids = batch.map((row) => row.id);
    const ours = await warehouse.read((db) => readDeals(db, connectionId, ids));
    const known = new Map(ours.map((row) => [row.source_id, toOurs(row, deps.inScope)]));
    for (const row of batch) {
      seen.add(row.id);
      run.both(row, known.get(row.id));
    }
  }
  const missing = await addMissing(deps, seen, run.onlyOurs);
  const { lines, differences } = run.finish();
  const report = { connectionId, comparedAt: now, crmDeals: seen.size, ourDeals: missing.total, lines, differences };
  await warehouse.write((tx) => store(tx, report));
  return report;
}

async function addMissing(deps: ReconcileDeps, seen: ReadonlySet<string>, onlyOurs: (deal: OurDeal) => void): Promise<{ total: number }> {
  let total = 0;
  let after = "";
  for (;;) {
    const rows = await deps.warehouse.read((db) => readDealsAfter(db, deps.connectionId, after));
    for (const row of rows) {
      if (row.deleted_seen_at === null) total += 1;
      if (!seen.has(row.source_id)) onlyOurs(toOurs(row, deps.inScope));
    }
    const last = rows.at(-1);
    if (last === undefined) return { total };
    after = last.source_id;
  }
}

const COLUMNS = [
  "source_id",
  "pipeline_id",
  "outcome",
  "crm_outcome",
  "close_day",
  "amount_minor",
  "currency",
  "deleted_seen_at",
  "merged_into",
  "source_updated_at",
  "dimensions",
] as const;

function readDeals(db: ReadDb, connectionId: string, ids: readonly string[]) {
  return db.selectFrom("deals").select(COLUMNS).where("connection_id", "=", connectionId).where("source_id", "in", ids).execute();
}

function readDealsAfter(db: ReadDb, connectionId: string, after: string) {
  return db
    .selectFrom("deals")
    .select(COLUMNS)
    .where("connection_id", "=", connectionId)
    .where("source_id", ">", after)
    .orderBy("source_id")
    .limit(5000)
    .execute();
}

type DealRow = Awaited<ReturnType<typeof readDeals>>[number];

function toOurs(row: DealRow, inScope: ReconcileDeps["inScope"]): OurDeal {
  return {
    id: row.source_id,
    pipelineId: row.pipeline_id,
    outcome: row.outcome as Outcome,
    crmOutcome: row.crm_outcome as Outcome | null,
    closeDay: row.close_day,
    amountMinor: row.amount_minor === null ? null : Number(row.amount_minor),
    currency: row.currency,
    isDeleted: row.deleted_seen_at !== null,
    mergedInto: row.merged_into,
    inScope: inScope({ pipelineId: row.pipeline_id, dimensions: row.dimensions }),
    sourceUpdatedAt: row.source_updated_at,
  };
}

async function* batches(rows: AsyncIterable<ReconcileRow>, size: number): AsyncGenerator<readonly ReconcileRow[]> {
  let batch: ReconcileRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function store(tx: WriteTx, report: ReconcileReport): Promise<void> {
  const { connectionId, comparedAt } = report;
  await tx.deleteFrom("reconcile_results").where("connection_id", "=", connectionId).execute();
  await tx.deleteFrom("reconcile_differences").where("connection_id", "=", connectionId).execute();
  for (const line of report.lines) {
    await tx
      .insertInto("reconcile_results")
      .values({
        connection_id: connectionId,
        pipeline_id: line.pipelineId,
        quarter: line.quarter ?? "",
        outcome: line.outcome,
        currency: line.currency,
        crm_count: line.crm.count,
        our_count: line.ours.count,
        crm_amount_minor: line.crm.amountMinor,
        our_amount_minor: line.ours.amountMinor,
        compared_at: comparedAt,
      })
      .execute();
  }
  for (const difference of report.differences) {
    await tx
      .insertInto("reconcile_differences")
      .values({
        connection_id: connectionId,
        deal_id: difference.dealId,
        reason: difference.reason,
        crm_value: difference.crm,
        our_value: difference.ours,
        compared_at: comparedAt,
      })
      .execute();
  }
}
