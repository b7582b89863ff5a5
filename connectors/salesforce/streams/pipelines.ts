import type { Stream, StreamContext } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { Change } from "#core/records.ts";
import { isRow, mapRows, type Row, textOf } from "../decode.ts";
import { DEFAULT_PIPELINE, recordTypePipeline, stageVersion } from "../map.ts";
import { compare, text } from "../soql.ts";
import type { StreamDeps } from "./incremental.ts";
import { rowsOf, snapshotStream } from "./snapshot.ts";

const STAGE_FIELDS = [
  ...["MasterLabel", "ApiName", "IsActive", "SortOrder", "IsClosed", "IsWon", "ForecastCategory", "DefaultProbability", "SystemModstamp"],
];
const RECORD_TYPE_FIELDS = ["Name", "DeveloperName", "IsActive", "BusinessProcessId", "SystemModstamp"];

/** Stages of the org and the pipelines that offer them: one pipeline per record type, `default` for deals without one. */
export function pipelinesStream(deps: StreamDeps): Stream {
  return snapshotStream({
    name: "pipelines",
    emits: ["pipeline", "stageVersion"],
    read: async (context) => {
      const stages = await rowsOf(deps, { object: "OpportunityStage", fields: STAGE_FIELDS, orderBy: ["SortOrder", "Id"] }, context);
      if (stages === null) return null;
      const recordTypes = await recordTypesOf(deps, context);
      const main: Change = {
        type: "pipeline",
        op: "upsert",
        record: { id: DEFAULT_PIPELINE, sourceUpdatedAt: null, label: "Opportunities", order: 0, archived: false },
      };
      const pipelines = mapRows("pipeline", recordTypes, (row) => [
        { type: "pipeline", op: "upsert", record: recordTypePipeline(row, recordTypes.indexOf(row) + 1) },
      ]);
      const versions = [mapRows("stageVersion", stages, (row) => [versionOf(row, DEFAULT_PIPELINE)])];
      for (const { record } of pipelines.changes.filter(isPipeline)) {
        const offered = await offeredStages(deps, record.id, context);
        const own = stages.filter((row) => offered === null || offered.has(textOf(row, "ApiName") ?? textOf(row, "MasterLabel") ?? ""));
        versions.push(mapRows("stageVersion", own, (row) => [versionOf(row, record.id)]));
      }
      return {
        changes: [main, ...pipelines.changes, ...versions.flatMap((part) => part.changes)],
        rejects: [...pipelines.rejects, ...versions.flatMap((part) => part.rejects)],
        received: stages.length + recordTypes.length,
      };
    },
  });
}

function isPipeline(change: Change): change is Extract<Change, { type: "pipeline"; op: "upsert" }> {
  return change.type === "pipeline" && change.op === "upsert";
}

function versionOf(row: Row, pipelineId: string): Change {
  return { type: "stageVersion", op: "upsert", record: stageVersion(row, pipelineId) };
}

/** Record types of opportunities; none where deals carry no record type. */
async function recordTypesOf(deps: StreamDeps, context: StreamContext): Promise<readonly Row[]> {
  const deal = await deps.schema.object("Opportunity", context);
  if (deal === null || !deal.fields.has("RecordTypeId")) return [];
  const where = [compare("SobjectType", "=", text("Opportunity"))];
  return (await rowsOf(deps, { object: "RecordType", fields: RECORD_TYPE_FIELDS, where, orderBy: ["Name", "Id"] }, context)) ?? [];
}

/** API names of the stages a record type offers. SOQL doesn't know; the UI API does. Null: it would not say, so all are. */
async function offeredStages(deps: StreamDeps, recordTypeId: string, context: StreamContext): Promise<ReadonlySet<string> | null> {
  const path = `/ui-api/object-info/Opportunity/picklist-values/${recordTypeId}/StageName`;
  try {
    return await deps.client.request({ name: "record_type.stages", method: "GET", path }, context, stageNames);
  } catch (error) {
    if (!isAppError(error) || !["skip", "configure", "abort"].includes(error.recovery)) throw error;
    context.log.warn({ recordType: recordTypeId, code: error.code }, "stages of a record type can't be read, taking all");
    return null;
  }
}

function stageNames(body: unknown): ReadonlySet<string> | null {
  if (!isRow(body) || !Array.isArray(body["values"])) return null;
  const names = body["values"].filter(isRow).map((value) => String(value["value"]));
  return names.length === 0 ? null : new Set(names);
}
