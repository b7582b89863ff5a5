import { OUTCOMES, type Outcome } from "#core/records.ts";

/** One definition of a stage, as the book reads it. */
export interface StageDefinition {
  readonly pipelineId: string;
  readonly stageId: string;
  /** Since when it holds; the earliest known one holds for the time before, too. */
  readonly validFrom: string;
  readonly order: number;
  readonly outcome: Outcome;
}

/** Configured outcomes, by `connection:stage` or `connection:pipeline/stage`. */
export type StageOverrides = Readonly<Record<string, Outcome>>;

/** What the stages of one connection meant at any time (R9). */
export interface StageBook {
  /** Null: no such stage is known. */
  at(pipelineId: string, stageId: string, instant: string): StageDefinition | null;
  /** The present definition. */
  now(pipelineId: string, stageId: string): StageDefinition | null;
}

/** A stored outcome; what is none of ours is open. */
export function outcomeOf(text: string): Outcome {
  return OUTCOMES.find((outcome) => outcome === text) ?? "open";
}

/** Labels under which teams close deals that never were real chances (R9). */
const DISQUALIFYING = /disqualif|unqualif|duplicate|merged/i;

/** A stage's outcome by the CRM's own words: lost under a disqualifying label is disqualified (R9). */
export function outcomeByLabel(outcome: Outcome, label: string): Outcome {
  return outcome === "lost" && DISQUALIFYING.test(label) ? "disqualified" : outcome;
}

export function overrideOf(overrides: StageOverrides, connectionId: string, pipelineId: string, stageId: string): Outcome | null {
  for (const key of [`${connectionId}:${pipelineId}/${stageId}`, `${connectionId}:${stageId}`]) {
    if (Object.hasOwn(overrides, key)) return overrides[key] ?? null;
  }
  return null;
}

/** A deal's outcome (R9): configured override, else the CRM's verdict on the record, else its stage's; unknown stages are open. */
export function dealOutcome(override: Outcome | null, verdict: Outcome | null, stage: StageDefinition | null): Outcome {
  if (override !== null) return override;
  if (verdict === "lost" && stage?.outcome === "disqualified") return "disqualified";
  return verdict ?? stage?.outcome ?? "open";
}

/** The book of a connection; definitions in any order, overrides hold for every version. */
export function stageBook(connectionId: string, definitions: readonly StageDefinition[], overrides: StageOverrides): StageBook {
  const byStage = new Map<string, StageDefinition[]>();
  for (const definition of definitions) {
    const override = overrideOf(overrides, connectionId, definition.pipelineId, definition.stageId);
    const settled = override === null ? definition : { ...definition, outcome: override };
    const key = stageKey(definition.pipelineId, definition.stageId);
    const versions = byStage.get(key);
    if (versions === undefined) byStage.set(key, [settled]);
    else versions.push(settled);
  }
  for (const versions of byStage.values()) versions.sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
  const versionsOf = (pipelineId: string, stageId: string): readonly StageDefinition[] => byStage.get(stageKey(pipelineId, stageId)) ?? [];
  return {
    at: (pipelineId, stageId, instant) => {
      const versions = versionsOf(pipelineId, stageId);
      return versions.findLast((version) => version.validFrom <= instant) ?? versions[0] ?? null;
    },
    now: (pipelineId, stageId) => versionsOf(pipelineId, stageId).at(-1) ?? null,
  };
}

/** How `stages.source_id` names a stage: ids of stages are unique within their pipeline only. */
export function stageKey(pipelineId: string, stageId: string): string {
  return `${pipelineId}/${stageId}`;
}
