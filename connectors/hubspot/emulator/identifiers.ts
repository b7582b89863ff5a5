import type { Company } from "#sandbox/world/types.ts";
import type { StageSpec } from "./pipelines.ts";

/** How this portal names the world's things. */
export interface Names {
  ownerId(personKey: string | null): number | null;
  userId(personKey: string | null): number | null;
  teamId(teamKey: string): number;
  pipelineId(pipelineKey: string): string;
  stageId(pipelineKey: string, stageKey: string): string;
}

/** The account's first pipeline keeps the ids it was born with; whatever people add gets numbers. */
const DEFAULT_STAGES: Readonly<Record<string, string>> = {
  meeting: "appointmentscheduled",
  qualified: "qualifiedtobuy",
  demo: "presentationscheduled",
  proposal: "decisionmakerboughtin",
  contract: "contractsent",
  won: "closedwon",
  lost: "closedlost",
};

export function namesFor(company: Company): Names {
  const index = new Map(company.people.map((person, position) => [person.key, position]));
  const teams = new Map(company.teams.map((team, position) => [team.key, position]));
  const pipelines = new Map(company.pipelines.map((pipeline, position) => [pipeline.key, { pipeline, position }]));
  const numbered = (key: string | null, map: ReadonlyMap<string, number>, base: number, step: number): number | null => {
    const position = key === null ? undefined : map.get(key);
    return position === undefined ? null : base + position * step;
  };
  return {
    ownerId: (key) => numbered(key, index, 71_177_301, 1_013),
    userId: (key) => numbered(key, index, 9_586_504, 211),
    teamId: (key) => numbered(key, teams, 50_911_003, 17) ?? 0,
    pipelineId: (key) => ((pipelines.get(key)?.position ?? 0) === 0 ? "default" : String(75_110_342 + (pipelines.get(key)?.position ?? 0))),
    stageId: (pipelineKey, stageKey) => {
      const found = pipelines.get(pipelineKey);
      const position = found?.pipeline.stages.findIndex((stage) => stage.key === stageKey) ?? -1;
      if (found === undefined || position < 0) throw new RangeError(`The world has no stage '${pipelineKey}/${stageKey}'.`);
      const known = found.position === 0 ? DEFAULT_STAGES[stageKey] : undefined;
      return known ?? String(146_690_900 + found.position * 40 + position);
    },
  };
}

export const LEAD_STAGES: readonly StageSpec[] = [
  ["new-stage-id", "New"],
  ["attempting-stage-id", "Attempting"],
  ["connected-stage-id", "Connected"],
  ["qualified-stage-id", "Qualified"],
  ["unqualified-stage-id", "Disqualified"],
].map(([id = "", label = ""]) => ({
  id,
  label,
  probability: 0,
  isClosed: id === "qualified-stage-id" || id === "unqualified-stage-id",
  renamed: null,
}));

export const LEAD_PIPELINE = "lead-pipeline-id";
