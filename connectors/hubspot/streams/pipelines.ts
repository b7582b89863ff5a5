import type { Page, Reject, Stream } from "#core/connector.ts";
import type { Change, Outcome } from "#core/records.ts";
import { type Instant, instantFromMs } from "#core/time/instant.ts";
import type { Asker, HubSpot } from "../client.ts";
import { idOf, instantOf, isObject, numberOf, resultsOf, textOf } from "../decode.ts";
import { checkVersion } from "./progress.ts";

type Wire = Readonly<Record<string, unknown>>;

/** Pipelines of deals with every version of their stages the portal still remembers: deleted and renamed ones come from the audit. */
export function pipelineStream(hub: HubSpot): Stream {
  return {
    name: "pipelines",
    mode: "snapshot",
    emits: ["pipeline", "stageVersion"],
    async *read(from, context) {
      if (from !== null) checkVersion(from, 1);
      const page = await readPipelines(hub, context);
      yield { ...page, checkpoint: { v: 1, data: { readAt: context.clock.now() } } };
    },
  };
}

async function readPipelines(hub: HubSpot, asker: Asker): Promise<Omit<Page, "checkpoint">> {
  const path = hub.paths.pipelines("deals");
  const results = resultsOf(await hub.request({ name: "pipelines.list", method: "GET", path }, asker), "pipelines.list");
  const changes: Change[] = [];
  const rejects: Reject[] = [];
  for (const [index, raw] of results.entries()) {
    const wire = isObject(raw) ? raw : {};
    const id = idOf(wire["id"]);
    if (id === null) {
      const reason = "The pipeline can't be read: id is missing or no id.";
      rejects.push({ type: "pipeline", ref: `pipelines[${index}]`, code: "record.shape", reason, payload: null });
      continue;
    }
    const audit = await hub.request({ name: "pipelines.audit", method: "GET", path: `${path}/${encodeURIComponent(id)}/audit` }, asker);
    changes.push(...pipelineChanges(id, wire, resultsOf(audit, "pipelines.audit")));
  }
  return { changes, rejects, received: results.length };
}

/** A pipeline as it is, and its stages as they were and are: each version from its audit entry on, the present one from its last change on. */
export function pipelineChanges(id: string, wire: Wire, audit: readonly unknown[]): readonly Change[] {
  const changes: Change[] = [
    {
      type: "pipeline",
      op: "upsert",
      record: {
        id,
        sourceUpdatedAt: instant(wire["updatedAt"]),
        label: textOf(wire["label"]) ?? id,
        order: order(wire["displayOrder"]),
        archived: wire["archived"] === true,
      },
    },
  ];
  const versions = versionsOf(audit);
  const known = new Set<string>();
  for (const stage of stagesOf(wire)) {
    const stageId = idOf(stage["id"]) ?? "";
    known.add(stageId);
    const past = versions.filter((version) => idOf(version.stage["id"]) === stageId);
    changes.push(...past.map((version) => stageChange(id, version.stage, version.at, false)));
    // Without an audit the present definition holds as far back as is known.
    if (past.length === 0) changes.push(stageChange(id, stage, null, false));
    else if (differs(past.at(-1)?.stage, stage)) changes.push(stageChange(id, stage, instant(stage["updatedAt"]), false));
  }
  return [...changes, ...goneStages(id, versions, known)];
}

/** A stage only the audit knows: its last definition, marked as archived from the first version on that lacked it. */
function goneStages(pipelineId: string, versions: readonly StageAt[], known: ReadonlySet<string>): readonly Change[] {
  const gone = new Map<string, StageAt>();
  for (const version of versions) {
    const id = idOf(version.stage["id"]) ?? "";
    if (!known.has(id)) gone.set(id, version);
  }
  return [...gone.values()].map(({ stage, at }) => stageChange(pipelineId, stage, at, true));
}

interface StageAt {
  readonly at: Instant;
  readonly stage: Wire;
}

/** Definitions of all stages out of the audit's copies of the whole pipeline, oldest first, unchanged ones left out. */
function versionsOf(audit: readonly unknown[]): readonly StageAt[] {
  const copies = audit
    .filter(isObject)
    .flatMap((entry) => {
      const at = instant(entry["timestamp"]);
      const pipeline = rawObject(entry["rawObject"]);
      return at === null || pipeline === null ? [] : [{ at, pipeline }];
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const latest = new Map<string, Wire>();
  const versions: StageAt[] = [];
  for (const { at, pipeline } of copies) {
    for (const stage of stagesOf(pipeline)) {
      const id = idOf(stage["id"]) ?? "";
      if (!differs(latest.get(id), stage)) continue;
      latest.set(id, stage);
      versions.push({ at, stage });
    }
  }
  return versions;
}

function rawObject(text: unknown): Wire | null {
  if (typeof text !== "string") return isObject(text) ? text : null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    // A copy that can't be read only makes the past shorter.
    return null;
  }
}

function stagesOf(pipeline: Wire): readonly Wire[] {
  const stages = pipeline["stages"];
  return Array.isArray(stages) ? stages.filter(isObject).filter((stage) => idOf(stage["id"]) !== null) : [];
}

function differs(before: Wire | undefined, after: Wire): boolean {
  return before === undefined || JSON.stringify(definition(before)) !== JSON.stringify(definition(after));
}

function definition(stage: Wire) {
  const metadata = isObject(stage["metadata"]) ? stage["metadata"] : {};
  const probability = numberOf(String(metadata["probability"] ?? ""));
  return {
    label: textOf(stage["label"]) ?? idOf(stage["id"]) ?? "",
    order: order(stage["displayOrder"]),
    probability,
    outcome: outcomeOfStage(String(metadata["isClosed"] ?? ""), probability),
  };
}

/** Closed with probability 1 is won; closed with any other is not won, which is what lost means (R9). */
export function outcomeOfStage(isClosed: string, probability: number | null): Outcome {
  if (isClosed.toLowerCase() !== "true") return "open";
  return probability === 1 ? "won" : "lost";
}

function stageChange(pipelineId: string, stage: Wire, validFrom: Instant | null, archived: boolean): Change {
  const stageId = idOf(stage["id"]) ?? "";
  const record = {
    id: `${pipelineId}/${stageId}`,
    sourceUpdatedAt: instant(stage["updatedAt"]),
    pipelineId,
    stageId,
    ...definition(stage),
    forecastCategory: null,
    archived: archived || stage["archived"] === true,
    validFrom,
  };
  return { type: "stageVersion", op: "upsert", record };
}

function instant(value: unknown): Instant | null {
  if (typeof value === "number") return instantFromMs(value);
  return typeof value === "string" ? instantOf(value) : null;
}

function order(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
