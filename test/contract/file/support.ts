import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { file } from "#connectors/file/index.ts";
import type { Checkpoint, Connector, Page, Reject } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import type { Organization } from "#core/organization.ts";
import type { Change, RecordType, RecordTypes } from "#core/records.ts";
import { seededRng } from "#core/rng.ts";
import { instantFromMs } from "#core/time/instant.ts";

export const organization: Organization = {
  name: "Acme",
  timeZone: "Europe/Warsaw",
  currency: "EUR",
  language: "en",
  periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
  calendar: { holidays: new Set(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
};

const NOW = Date.UTC(2026, 5, 30, 12);
export const clock = { now: () => instantFromMs(NOW), monotonicMs: () => 0, sleep: async () => {} };

/** A folder with these files, gone when the test ends. */
export function folder(files: Readonly<Record<string, string | Buffer>>): string {
  const directory = mkdtempSync(join(tmpdir(), "scorekeeper-file-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
}

export function connect(directory: string, files: unknown): Connector {
  const settings = file.settings.parse({ files });
  return file.open(settings, { connectionId: "export", organization, directory, clock, rng: seededRng(1), log: silentLog });
}

export async function pagesOf(
  connector: Connector,
  name: string,
  from: Checkpoint | null = null,
  signal = new AbortController().signal,
): Promise<Page[]> {
  const stream = connector.streams.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  const budget = { spend: async () => {}, observe: () => {} };
  const pages: Page[] = [];
  for await (const page of stream.read(from, { clock: connector.clock, budget, log: silentLog, signal })) pages.push(page);
  return pages;
}

export const changesOf = (pages: readonly Page[]): Change[] => pages.flatMap((page) => page.changes);
export const rejectsOf = (pages: readonly Page[]): Reject[] => pages.flatMap((page) => page.rejects);

export function recordsOf<T extends RecordType>(pages: readonly Page[], type: T): RecordTypes[T][] {
  return changesOf(pages).flatMap((change) => (change.type === type && change.op === "upsert" ? [change.record as RecordTypes[T]] : []));
}

export const DEALS = {
  path: "deals.csv",
  columns: {
    id: "id",
    owner: "agent",
    product: "product",
    account: "account",
    stage: "stage",
    createdAt: "opened",
    closedAt: "closed",
    amount: "amount",
  },
  stages: { Won: "won", Lost: "lost", "*": "open" },
};
export const DEALS_CSV = `id,agent,product,account,stage,opened,closed,amount
D1,Ana Diaz,GTX,Northwind,Won,2026-01-05,2026-02-01,1200.50
D2,Bo Li,GTX,Contoso,Engaging,2026-02-01,,
D3,Ana Diaz,MG,Northwind,Prospecting,,,
D4,Bo Li,MG,Contoso,Lost,2026-01-02,2026-03-01,0
`;
