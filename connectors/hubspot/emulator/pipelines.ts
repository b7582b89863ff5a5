/** A pipeline and its stages with the log of their definitions. */
export interface StoredStage {
  readonly id: string;
  label: string;
  displayOrder: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdMs: number;
  updatedMs: number;
}

export interface AuditEntry {
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  readonly ms: number;
  readonly fromUserId: number | null;
  /** The stage it is about; null for the pipeline itself. */
  readonly stageId: string | null;
  /** The complete pipeline as it was from then on. */
  readonly rawObject: string;
}

export interface StoredPipeline {
  readonly id: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly createdMs: number;
  updatedMs: number;
  readonly stages: StoredStage[];
  /** Newest first. */
  readonly audit: AuditEntry[];
}

export interface StageSpec {
  readonly id: string;
  readonly label: string;
  readonly probability: number;
  readonly isClosed: boolean;
  readonly renamed: { readonly ms: number; readonly from: string } | null;
}

/** A deal pipeline with its past: made once, a stage renamed later where the specification says so. */
export function makePipeline(
  id: string,
  label: string,
  displayOrder: number,
  createdMs: number,
  specs: readonly StageSpec[],
  fromUserId: number,
): StoredPipeline {
  const stages = specs.map(
    (spec, index): StoredStage => ({
      id: spec.id,
      label: spec.label,
      displayOrder: index,
      // Text in every case, one decimal at least: "0.0", "0.45", "1.0".
      metadata: {
        isClosed: String(spec.isClosed),
        probability: Number.isInteger(spec.probability) ? spec.probability.toFixed(1) : String(spec.probability),
      },
      createdMs,
      updatedMs: spec.renamed?.ms ?? createdMs,
    }),
  );
  const renames = specs.flatMap((spec) => (spec.renamed === null ? [] : [{ id: spec.id, ...spec.renamed }]));
  const pipeline: StoredPipeline = {
    id,
    label,
    displayOrder,
    createdMs,
    updatedMs: Math.max(createdMs, ...renames.map((each) => each.ms)),
    stages,
    audit: [],
  };
  const first = stages.map((stage) => ({ ...stage, label: renames.find((each) => each.id === stage.id)?.from ?? stage.label }));
  pipeline.audit.unshift({ action: "CREATE", ms: createdMs, fromUserId, stageId: null, rawObject: rawPipeline(pipeline, first) });
  for (const rename of renames.toSorted((a, b) => a.ms - b.ms)) {
    pipeline.audit.unshift({ action: "UPDATE", ms: rename.ms, fromUserId, stageId: rename.id, rawObject: rawPipeline(pipeline, stages) });
  }
  return pipeline;
}

export function renameStage(pipeline: StoredPipeline, stageId: string, label: string, ms: number, fromUserId: number): void {
  const stage = pipeline.stages.find((each) => each.id === stageId);
  if (stage === undefined) throw new RangeError(`The portal has no stage '${stageId}'.`);
  stage.label = label;
  stage.updatedMs = ms;
  pipeline.updatedMs = ms;
  pipeline.audit.unshift({ action: "UPDATE", ms, fromUserId, stageId, rawObject: rawPipeline(pipeline, pipeline.stages) });
}

/** Takes a stage away; deals and histories that name it stay as they are. */
export function deleteStage(pipeline: StoredPipeline, stageId: string, ms: number, fromUserId: number): void {
  const index = pipeline.stages.findIndex((each) => each.id === stageId);
  if (index < 0) throw new RangeError(`The portal has no stage '${stageId}'.`);
  const before = rawPipeline(pipeline, pipeline.stages);
  pipeline.stages.splice(index, 1);
  pipeline.updatedMs = ms;
  pipeline.audit.unshift({ action: "DELETE", ms, fromUserId, stageId, rawObject: before });
}

function rawPipeline(pipeline: StoredPipeline, stages: readonly StoredStage[]): string {
  return JSON.stringify({
    pipelineId: pipeline.id,
    label: pipeline.label,
    displayOrder: pipeline.displayOrder,
    active: true,
    stages: stages.map((stage) => ({
      stageId: stage.id,
      label: stage.label,
      displayOrder: stage.displayOrder,
      metadata: stage.metadata,
      active: true,
    })),
  });
}
