import type { DealChange, StageEntry } from "#core/records.ts";
import type { RecordTable } from "./mapping.ts";

export const stageEntryTable: RecordTable<StageEntry> = {
  table: "deal_stage_entries",
  kind: "log",
  toRow: (entry) => ({
    deal_id: entry.dealId,
    pipeline_id: entry.pipelineId,
    stage_id: entry.stageId,
    entered_at: entry.enteredAt,
    sequence: entry.sequence,
    actor_id: entry.actorId,
    basis: "recorded",
  }),
};

export const dealChangeTable: RecordTable<DealChange> = {
  table: "deal_changes",
  kind: "log",
  toRow: (change) => ({
    deal_id: change.dealId,
    field: change.field,
    changed_at: change.changedAt,
    sequence: change.sequence,
    value: change.value,
    actor_id: change.actorId,
    basis: "recorded",
  }),
};
