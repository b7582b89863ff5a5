import type { Connector, ConnectorDefinition, ConnectorDeps } from "#core/connector.ts";
import { AppError } from "#core/errors.ts";
import type { RecordType } from "#core/records.ts";
import { zone } from "#core/time/zone.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import { check } from "./check.ts";
import { createHubSpot, type HubSpot } from "./client.ts";
import { type FieldNames, fieldNames, type Settings, settings } from "./config.ts";
import { reconcileRows } from "./reconcile.ts";
import { objectStream } from "./streams/object-stream.ts";
import { objectSpecs } from "./streams/objects.ts";
import { ownerStream } from "./streams/owners.ts";
import { pipelineStream } from "./streams/pipelines.ts";
import type { Schedule } from "./streams/progress.ts";
import { rateStream } from "./streams/rates.ts";
import { createWriter, WRITE_BATCH } from "./writer.ts";

const HOUR_MS = 3_600_000;

export const hubspot: ConnectorDefinition<Settings> = { crm: "hubspot", settings, open };

function open(connection: Settings, deps: ConnectorDeps): Connector {
  const hub = createHubSpot(connection, deps);
  const fields = fieldsOf(deps);
  const budget = deps.budget ?? unlimitedBudget;
  const place = zone(deps.organization.timeZone);
  const { currency } = deps.organization;
  const streamDeps = { hub, schedule: scheduleOf(connection), walkers: connection.reads.walkers };
  const specs = objectSpecs({ fields, zone: place }, deps.connectionId, currency);
  return {
    crm: "hubspot",
    clock: hub.clock,
    streams: [pipelineStream(hub), ownerStream(hub), ...specs.map((spec) => objectStream(spec, streamDeps)), rateStream(hub, currency)],
    capabilities: {
      stageHistory: "native",
      deletes: "tombstone",
      quotas: true,
      writeTargets: ["deal", "account"],
      writeBatch: WRITE_BATCH,
      settleMs: streamDeps.schedule.settleMs,
    },
    check: (signal) => check(hub, connection, { signal, budget }),
    reconcileRows: (signal) => reconcileRows(hub, fields, place, connection.reads.walkers, { signal, budget }),
    recordUrl: (type, id) => recordUrl(hub, connection, type, id),
    writer: createWriter(hub, budget),
    close: async () => {},
  };
}

function scheduleOf({ reads }: Settings): Schedule {
  return {
    overlapMs: reads.overlapMinutes * 60_000,
    settleMs: reads.settleSeconds * 1000,
    archivedEveryMs: reads.archivedEveryHours * HOUR_MS,
    sweepEveryMs: reads.sweepEveryHours * HOUR_MS,
  };
}

function fieldsOf(deps: ConnectorDeps): FieldNames {
  const read = fieldNames.safeParse(deps.fields ?? {});
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new AppError({
    code: "hubspot.fields",
    recovery: "configure",
    message: `fields.${[deps.connectionId, ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "not understood"}. Known are ${Object.keys(fieldNames.shape).join(", ")}.`,
  });
}

/** HubSpot's type ids in addresses of records. */
const TYPE_IDS: Readonly<Partial<Record<RecordType, string>>> = { deal: "0-3", account: "0-2", contact: "0-1", lead: "0-136" };
const ACTIVITY_TYPE_IDS: Readonly<Record<string, string>> = { task: "0-27", note: "0-46", meeting: "0-47", call: "0-48", email: "0-49" };

function recordUrl(hub: HubSpot, { portal }: Settings, type: RecordType, id: string): string | null {
  const known = hub.knownAccount();
  const account = known === null ? portal : { id: known.portalId, uiDomain: known.uiDomain };
  const [kind = "", ownId = ""] = type === "activity" ? id.split("/") : ["", id];
  const typeId = type === "activity" ? ACTIVITY_TYPE_IDS[kind] : TYPE_IDS[type];
  if (account === undefined || typeId === undefined) return null;
  return `https://${account.uiDomain}/contacts/${account.id}/record/${typeId}/${encodeURIComponent(ownId)}`;
}
