import { basename } from "node:path";
import type { CheckLine, CheckReport, Connector, ConnectorDefinition, ConnectorDeps, ReconcileRow } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import { type FileKind, type FileSettings, fileSettings } from "./config.ts";
import { planStreams } from "./plan.ts";
import { csvSource, type FileSet, openFile, readSources } from "./read.ts";
import { outcomeReader } from "./stages.ts";
import { fileStream } from "./stream.ts";

/** CSV exports of any CRM: read-only, no login, no limits; see README.md. */
export const file: ConnectorDefinition<FileSettings> = {
  crm: "file",
  settings: fileSettings,
  open: (settings, deps) => openFiles(settings, deps),
};

function openFiles(settings: FileSettings, deps: ConnectorDeps): Connector {
  const set: FileSet = { files: settings.files, directory: deps.directory, organization: deps.organization };
  return {
    crm: "file",
    streams: planStreams(settings.files).map((plan) => fileStream(plan, set)),
    capabilities: {
      stageHistory: settings.files.stageHistory === undefined ? "derived" : "native",
      deletes: "sweep",
      quotas: settings.files.targets !== undefined,
      writeTargets: [],
      writeBatch: 0,
      settleMs: 0,
    },
    clock: deps.clock,
    check: (signal) => check(set, signal),
    reconcileRows: (signal) => reconcileRows(set, signal),
    recordUrl: () => null,
    close: async () => {},
  };
}

/** One line per file: it is there, can be read and has the columns. */
async function check(set: FileSet, signal: AbortSignal): Promise<CheckReport> {
  const lines: CheckLine[] = [];
  for (const kind of KINDS) {
    if (set.files[kind] === undefined) continue;
    const what = `${kind}: ${basename(csvSource(set, kind).path)}`;
    try {
      const { header, batches } = await openFile(set, kind, signal);
      await batches.return();
      lines.push({ what, ok: true, detail: `${header.length} columns` });
    } catch (error) {
      if (!isAppError(error)) throw error;
      lines.push({ what, ok: false, detail: error.message });
    }
  }
  return { account: null, lines };
}

const KINDS: readonly FileKind[] = ["deals", "users", "stageHistory", "activities", "accounts", "products", "leads", "contacts", "targets"];

async function* reconcileRows(set: FileSet, signal: AbortSignal): AsyncGenerator<ReconcileRow, void, void> {
  const deals = planStreams(set.files).find((plan) => plan.name === "deals");
  const sources = deals?.sources({ today: "1970-01-01" as never, currency: set.organization.currency }) ?? [];
  const outcomeOf = outcomeReader(set.files.deals.stages);
  const seen = new Set<string>();
  for await (const batch of readSources(set, sources, "deal", signal)) {
    for (const { changes, fault } of batch) {
      const [change] = changes;
      if (fault !== null || change?.type !== "deal" || change.op !== "upsert" || seen.has(change.record.id)) continue;
      const { id, pipelineId, stageId, closeDay, amountRaw, currency } = change.record;
      seen.add(id);
      yield { id, pipelineId, closeDay, outcome: outcomeOf(stageId) ?? "open", amountRaw, currency };
    }
  }
}
