import { createHash } from "node:crypto";
import type { Credit, DealFact, StayFact } from "#core/facts.ts";
import type { Dimension } from "#core/metric.ts";
import type { MetricCellKeysTable } from "#warehouse/schema/metrics.ts";
import type { CellSet } from "./blocks.ts";
import { NONE, recordName } from "./dimensions.ts";

/** Dimensions that stored cells can answer; all others are answered from facts. */
const CELL_DIMENSIONS: readonly Dimension[] = ["rep", "manager", "team", "region", "territory", "pipeline", "connection"];

/** Whether the cells of a fact set are divided by that dimension: by stage where stages are the subject. */
export function cellsTell(set: CellSet, dimension: Dimension): boolean {
  return CELL_DIMENSIONS.includes(dimension) || (dimension === "stage" && hasStages(set));
}

function hasStages(set: CellSet): boolean {
  return set !== "closedDeals" && set !== "createdDeals";
}

/** The small cells facts fall into, numbered; a key has the same name in every warehouse. */
export class Cells {
  readonly #numbers = new Map<Credit, Map<string, number>>();
  readonly #byName = new Map<string, number>();
  readonly keys: MetricCellKeysTable[] = [];

  of(set: CellSet, fact: DealFact | StayFact): number {
    const place = "stay" in fact ? fact.stay : fact.deal;
    const { connectionId, territoryId } = fact.deal;
    let numbers = this.#numbers.get(fact.credit);
    if (numbers === undefined) {
      numbers = new Map();
      this.#numbers.set(fact.credit, numbers);
    }
    const stageId = hasStages(set) ? place.stageId : null;
    const key = `${connectionId}\u001f${place.pipelineId}\u001f${stageId}\u001f${territoryId ?? ""}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = this.#add(fact.credit, connectionId, place.pipelineId, stageId, territoryId);
      numbers.set(key, number);
    }
    return number;
  }

  /** Two spells of a person that differ in nothing share a cell. */
  #add(credit: Credit, connectionId: string, pipelineId: string, stageId: string | null, territoryId: string | null): number {
    const values = {
      person_id: credit.personId,
      manager_id: credit.managerId,
      team: credit.team,
      region: credit.region,
      territory: territoryId ?? credit.territory,
      pipeline: recordName(connectionId, pipelineId),
      stage: recordName(connectionId, stageId),
      connection_id: connectionId,
    };
    const cell = createHash("sha256")
      .update(JSON.stringify(Object.values(values)))
      .digest("base64url")
      .slice(0, 20);
    const known = this.#byName.get(cell);
    if (known !== undefined) return known;
    this.#byName.set(cell, this.keys.length);
    return this.keys.push({ cell, ...values }) - 1;
  }
}

/** What a stored cell says about a dimension. */
export function cellValue(key: Omit<MetricCellKeysTable, "cell">, dimension: Dimension): string {
  const values: Readonly<Record<string, string | null>> = {
    rep: key.person_id,
    manager: key.manager_id,
    team: key.team,
    region: key.region,
    territory: key.territory,
    pipeline: key.pipeline,
    stage: key.stage,
    connection: key.connection_id,
  };
  return values[dimension] ?? NONE;
}
