import { isCurrency } from "#core/money.ts";
import type { Change, Deal } from "#core/records.ts";
import type { Cells } from "./cells.ts";
import type { Files } from "./config.ts";
import { DEFAULT_PIPELINE, type OutcomeOf, outcomeReader, stageOrder, unknownStage } from "./stages.ts";

/** A row as changes; what is wrong with it is noted in the cells. The record the row is about comes first. */
export type RowMapper = (cells: Cells) => readonly Change[];

export function dealMapper(file: Files["deals"]): RowMapper {
  const outcomeOf = outcomeReader(file.stages);
  const dimensions = Object.keys(file.dimensions ?? {});
  return (cells) => [{ type: "deal", op: "upsert", record: deal(cells, outcomeOf, dimensions, file) }];
}

function deal(cells: Cells, outcomeOf: OutcomeOf, dimensions: readonly string[], file: Files["deals"]): Deal {
  const id = cells.required("id");
  const stageId = cells.required("stage");
  if (stageId !== "" && outcomeOf(stageId) === null) cells.refuse("record.unknown_stage", unknownStage(stageId, file.stages));
  const closed = cells.time("closedAt");
  return {
    id,
    sourceUpdatedAt: null,
    name: cells.text("name"),
    ownerId: cells.text("owner"),
    accountId: cells.text("account"),
    productId: cells.text("product"),
    pipelineId: cells.text("pipeline") ?? DEFAULT_PIPELINE,
    stageId,
    outcome: null,
    createdAt: cells.instant("createdAt"),
    closeDay: closed?.day ?? null,
    closedAt: closed?.at ?? null,
    amountRaw: cells.decimal("amount"),
    currency: currency(cells),
    forecastCategory: null,
    probability: null,
    nextStep: null,
    source: cells.text("source"),
    segment: cells.text("segment"),
    territoryId: null,
    lossReason: null,
    dimensions: dimensions.length === 0 ? NONE : Object.fromEntries(dimensions.map((name) => [name, cells.text(`dimension:${name}`)])),
  };
}

const NONE = {};

/** ISO 4217 in any case; null where the cell is empty. */
export function currency(cells: Cells): string | null {
  const code = cells.text("currency")?.toUpperCase() ?? null;
  if (code !== null && !isCurrency(code))
    cells.refuse("record.unknown_currency", `${cells.columnOf("currency")} is '${code}', no ISO 4217 code such as EUR`);
  return code;
}

/** Pipelines and stages as they come up in the rows of a file, each once. */
export function stageMapper(file: Files["deals"]): RowMapper {
  const seen = new Set<string>();
  const pipelines = new Map<string, number>();
  const order = stageOrder(file.stages);
  const outcomeOf = outcomeReader(file.stages);
  return (cells) => {
    const stageId = cells.text("stage");
    const pipelineId = cells.text("pipeline") ?? DEFAULT_PIPELINE;
    if (stageId === null) return [];
    const key = `${pipelineId}/${stageId}`;
    const outcome = seen.has(key) ? null : outcomeOf(stageId);
    if (outcome === null) return [];
    seen.add(key);
    const pipeline = pipelineChange(pipelineId, pipelines);
    const stage: Change = {
      type: "stageVersion",
      op: "upsert",
      record: {
        id: key,
        sourceUpdatedAt: null,
        pipelineId,
        stageId,
        label: stageId,
        order: order(pipelineId, stageId),
        probability: outcome === "won" ? 1 : outcome === "open" ? null : 0,
        outcome,
        forecastCategory: null,
        archived: false,
        validFrom: null,
      },
    };
    return [pipeline, stage];
  };
}

function pipelineChange(id: string, pipelines: Map<string, number>): Change {
  const order = pipelines.get(id) ?? pipelines.size;
  pipelines.set(id, order);
  return { type: "pipeline", op: "upsert", record: { id, sourceUpdatedAt: null, label: id, order, archived: false } };
}
