import type { Change, StageVersion } from "#core/records.ts";
import { upsertRows } from "./bulk.ts";
import type { TypePlan } from "./plan-type.ts";
import type { StageVersionsTable } from "./schema/deals.ts";
import { outcomeByLabel, outcomeOf, type StageBook, type StageOverrides, stageBook, stageKey } from "./stage-book.ts";
import type { WriteTx } from "./warehouse.ts";

/** Before anything else: the first known definition of a stage holds for all earlier time. */
const ALWAYS = "1970-01-01T00:00:00.000Z";

type Version = Omit<StageVersionsTable, "connection_id" | "first_seen_at">;

/** Keeps every definition a stage has had (R9). One without a date of its own holds from when it was seen to differ.
 *  Returns the pipelines whose deals have to be settled again. */
export async function keepStageVersions(
  tx: WriteTx,
  plan: TypePlan,
  changes: readonly Change[],
  context: { readonly connectionId: string; readonly now: string },
): Promise<ReadonlySet<string>> {
  const versions = await allVersions(tx, context.connectionId);
  const latest = new Map<string, Version>(versions.map((version) => [stageKey(version.pipeline_id, version.stage_id), version]));
  const dated = new Map<string, Version>(versions.map((version) => [versionKey(version), version]));
  const applied = new Set(plan.decisions.map((decision) => decision.id));
  const added = new Map<string, Version>();
  for (const change of changes) {
    if (change.type !== "stageVersion" || change.op !== "upsert") continue;
    const { record } = change;
    const key = stageKey(record.pipelineId, record.stageId);
    const last = latest.get(key);
    // Undated, and stored already in this form or a newer one: nothing new to learn.
    if (record.validFrom === null && last !== undefined && !applied.has(key)) continue;
    const version = versionOf(record, record.validFrom ?? (last === undefined ? ALWAYS : context.now));
    const known = record.validFrom === null ? last : dated.get(versionKey(version));
    if (known !== undefined && isSame(known, version)) continue;
    latest.set(key, version);
    added.set(versionKey(version), version);
  }
  await upsertRows(
    tx,
    { table: "stage_versions", key: ["connection_id", "pipeline_id", "stage_id", "valid_from"], keep: ["first_seen_at"] },
    [...added.values()].map((version) => ({ connection_id: context.connectionId, ...version, first_seen_at: context.now })),
  );
  // An override in the configuration changes a stage without a new definition.
  const restaged = plan.decisions.flatMap((decision) => (decision.row === null ? [] : [String(decision.row["pipeline_id"])]));
  return new Set([...[...added.values()].map((version) => version.pipeline_id), ...restaged]);
}

/** What the stages of the connection mean and meant. */
export async function loadStageBook(tx: WriteTx, connectionId: string, overrides: StageOverrides): Promise<StageBook> {
  const versions = await allVersions(tx, connectionId);
  const definitions = versions.map((version) => ({
    pipelineId: version.pipeline_id,
    stageId: version.stage_id,
    validFrom: version.valid_from,
    order: version.sort_order,
    outcome: outcomeOf(version.outcome),
  }));
  return stageBook(connectionId, definitions, overrides);
}

async function allVersions(tx: WriteTx, connectionId: string): Promise<readonly StageVersionsTable[]> {
  return tx
    .selectFrom("stage_versions")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .orderBy("pipeline_id")
    .orderBy("stage_id")
    .orderBy("valid_from")
    .execute();
}

function versionOf(stage: StageVersion, validFrom: string): Version {
  return {
    pipeline_id: stage.pipelineId,
    stage_id: stage.stageId,
    valid_from: validFrom,
    label: stage.label,
    sort_order: stage.order,
    probability: stage.probability,
    outcome: outcomeByLabel(stage.outcome, stage.label),
    forecast_category: stage.forecastCategory,
    archived: stage.archived ? 1 : 0,
  };
}

function versionKey(version: Version): string {
  return `${stageKey(version.pipeline_id, version.stage_id)}@${version.valid_from}`;
}

function isSame(a: Version, b: Version): boolean {
  const { valid_from: _a, ...left } = a;
  const { valid_from: _b, ...right } = b;
  return (Object.keys(right) as (keyof typeof right)[]).every((column) => left[column] === right[column]);
}
