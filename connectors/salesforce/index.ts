import { join } from "node:path";
import type { Connector, ConnectorDefinition, ConnectorDeps, Stream } from "#core/connector.ts";
import type { RecordType } from "#core/records.ts";
import { check } from "./check.ts";
import { createClient } from "./client.ts";
import { type SalesforceSettings, salesforceSettings } from "./config.ts";
import { WRITE_TARGETS_OF_SALESFORCE } from "./fields.ts";
import { reconcileRows } from "./reconcile.ts";
import { createSchema } from "./schema.ts";
import { longId } from "./soql.ts";
import { activityStreams } from "./streams/activities.ts";
import { fieldHistoryStream, stageHistoryStream } from "./streams/deal-logs.ts";
import { dealsStream } from "./streams/deals.ts";
import type { StreamDeps } from "./streams/incremental.ts";
import { exchangeRatesStream, quotasStream } from "./streams/money.ts";
import { partyStreams } from "./streams/parties.ts";
import { pipelinesStream } from "./streams/pipelines.ts";
import { sweepStream } from "./streams/sweep.ts";
import { usersStream } from "./streams/users.ts";
import { fileTokenStore } from "./token-store.ts";
import { createWriter, WRITE_BATCH } from "./writer.ts";

/** Salesforce through its REST and Tooling APIs; scopes, limits and quirks are in README.md. */
export const salesforce: ConnectorDefinition<SalesforceSettings> = {
  crm: "salesforce",
  settings: salesforceSettings,
  open: (settings, deps) => openSalesforce(settings, deps),
};

function openSalesforce(settings: SalesforceSettings, deps: ConnectorDeps): Connector {
  const { clock, rng, log } = deps;
  const client = createClient({ settings, store: fileTokenStore(tokenFile(settings, deps)), clock, rng, log });
  const schema = createSchema(client, log);
  const streamDeps: StreamDeps = { client, schema, settings, connectionId: deps.connectionId, organization: deps.organization };
  return {
    crm: "salesforce",
    streams: streamsOf(streamDeps),
    capabilities: {
      stageHistory: "native",
      deletes: "tombstone",
      quotas: true,
      writeTargets: WRITE_TARGETS_OF_SALESFORCE,
      writeBatch: WRITE_BATCH,
      settleMs: settings.settleMs,
    },
    clock: client.time,
    check: (signal) => check(streamDeps, { signal }),
    reconcileRows: (signal) => reconcileRows(streamDeps, { signal }),
    recordUrl: (type, id) => recordUrl(settings, type, id),
    writer: createWriter({ client, schema, clock, rng }),
    close: async () => {},
  };
}

function streamsOf(deps: StreamDeps): readonly Stream[] {
  return [
    pipelinesStream(deps),
    usersStream(deps),
    exchangeRatesStream(deps),
    dealsStream(deps),
    stageHistoryStream(deps),
    fieldHistoryStream(deps),
    ...partyStreams(deps),
    ...activityStreams(deps),
    quotasStream(deps),
    sweepStream(deps, { name: "deal-sweep", object: "Opportunity", type: "deal", after: ["deals"] }),
  ];
}

function tokenFile(settings: SalesforceSettings, deps: ConnectorDeps): string {
  const chosen = settings.auth.kind === "refresh-token" ? settings.auth.tokenFile : undefined;
  return join(deps.directory, chosen ?? `${deps.connectionId}.salesforce-token.json`);
}

const PAGES: ReadonlyMap<RecordType, string> = new Map([
  ["deal", "Opportunity"],
  ["account", "Account"],
  ["contact", "Contact"],
  ["lead", "Lead"],
  ["user", "User"],
]);
/** Hosts that know no org: links go to an org's own host. */
const SHARED_HOSTS = new Set(["login.salesforce.com", "test.salesforce.com"]);

function recordUrl(settings: SalesforceSettings, type: RecordType, id: string): string | null {
  const object = PAGES.get(type);
  const full = longId(id);
  const host = settings.instanceUrl ?? settings.loginUrl;
  if (object === undefined || full === null || SHARED_HOSTS.has(new URL(host).host)) return null;
  return `${host}/lightning/r/${object}/${full}/view`;
}
