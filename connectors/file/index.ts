import { basename } from "node:path";
import type { CheckLine, CheckReport, Connector, ConnectorDefinition, ConnectorDeps } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import { type FileKind, type FileSettings, fileSettings } from "./config.ts";
import { planStreams } from "./plan.ts";
import { csvSource, type FileSet, openFile } from "./read.ts";
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
