import type { Pipeline, StageVersion } from "#core/records.ts";
import type { PipelinesTable, StagesTable } from "../schema/deals.ts";
import { outcomeByLabel, overrideOf, stageKey } from "../stage-book.ts";
import { type Content, flag, type RecordTable } from "./mapping.ts";

export const pipelineTable: RecordTable<Pipeline> = {
  table: "pipelines",
  kind: "versioned",
  toRow: (pipeline): Content<PipelinesTable> => ({
    label: pipeline.label,
    sort_order: pipeline.order,
    archived: flag(pipeline.archived),
  }),
};

/** The stage as it is now; its earlier definitions are kept by stage-versions.ts. */
export const stageTable: RecordTable<StageVersion> = {
  table: "stages",
  kind: "versioned",
  idOf: (stage) => stageKey(stage.pipelineId, stage.stageId),
  toRow: (stage, context): Content<StagesTable> => ({
    pipeline_id: stage.pipelineId,
    stage_id: stage.stageId,
    label: stage.label,
    sort_order: stage.order,
    probability: stage.probability,
    outcome:
      overrideOf(context.stageOverrides, context.connectionId, stage.pipelineId, stage.stageId) ??
      outcomeByLabel(stage.outcome, stage.label),
    crm_outcome: stage.outcome,
    forecast_category: stage.forecastCategory,
    archived: flag(stage.archived),
  }),
};
