import { nearest } from "#core/nearest.ts";
import type { Outcome } from "#core/records.ts";
import type { Files } from "./config.ts";

/** The one pipeline of a file that names none. */
export const DEFAULT_PIPELINE = "default";

export type OutcomeOf = (stage: string) => Outcome | null;

/** What a stage means by the configured map (`*`: all others), else by its name. Null: the map has no word for it. */
export function outcomeReader(stages: Files["deals"]["stages"]): OutcomeOf {
  if (stages === undefined) return (stage) => byName(stage);
  const map = new Map(Object.entries(stages));
  return (stage) => map.get(stage) ?? map.get("*") ?? null;
}

function byName(stage: string): Outcome {
  const name = stage.toLowerCase().replaceAll(/[\s_-]+/g, "");
  if (name === "won" || name === "closedwon") return "won";
  return name === "lost" || name === "closedlost" ? "lost" : "open";
}

/** Place of each stage in its pipeline: as written under `stages`, then as first seen in the file. */
export function stageOrder(stages: Files["deals"]["stages"]): (pipeline: string, stage: string) => number {
  const written = Object.keys(stages ?? {}).filter((name) => name !== "*");
  const seen = new Map<string, Map<string, number>>();
  return (pipeline, stage) => {
    const index = written.indexOf(stage);
    if (index >= 0) return index;
    const others = seen.get(pipeline) ?? new Map<string, number>();
    seen.set(pipeline, others);
    const place = others.get(stage) ?? written.length + others.size;
    others.set(stage, place);
    return place;
  };
}

/** Words for a stage the map does not know. */
export function unknownStage(stage: string, stages: Files["deals"]["stages"]): string {
  const close = nearest(stage, Object.keys(stages ?? {}));
  return `stage '${stage}' is not under \`stages\`${close === null ? "" : `; did you mean '${close}'?`}; add it, or "*": open for all others`;
}
