import { rmSync } from "node:fs";
import { Client } from "@hubspot/api-client";
import Database from "better-sqlite3";

const HISTORY = [
  "dealstage",
  "pipeline",
  "amount",
  "deal_currency_code",
  "closedate",
  "hubspot_owner_id",
  "hs_manual_forecast_category",
  "hs_next_step",
];
const DEAL = ["dealname", "createdate", "hs_is_closed", "hs_is_closed_won", "hs_deal_stage_probability", ...HISTORY];
const ACTIVITY = [
  "hs_timestamp",
  "hubspot_owner_id",
  "hs_createdate",
  "hs_call_direction",
  "hs_call_duration",
  "hs_call_status",
  "hs_email_direction",
  "hs_meeting_outcome",
  "hs_task_status",
];

interface SdkPage {
  readonly results: readonly {
    readonly id: string;
    readonly properties: Record<string, string | null>;
    readonly propertiesWithHistory?: Record<string, readonly { readonly value: string; readonly timestamp: Date }[]>;
    readonly associations?: Record<string, { readonly results: readonly { readonly id: string }[] }>;
  }[];
  readonly paging?: { readonly next?: { readonly after: string } };
}

/** What one would write in an afternoon: the typed SDK page by page, each page's rows inserted in one transaction. No limits, no retries,
 *  no checkpoints, no comparison with what is there. */
export async function bareLoop(baseUrl: string, accessToken: string, file: string): Promise<{ rows: number; requests: number }> {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.exec(`
    create table records (kind text, id text, properties text, primary key (kind, id));
    create table history (record text, property text, at text, value text, primary key (record, property, at, value));
    create table links (kind text, record text, target text, id text, primary key (kind, record, target, id))`);
  const record = db.prepare("insert or replace into records values (?, ?, ?)");
  const history = db.prepare("insert or replace into history values (?, ?, ?, ?)");
  const link = db.prepare("insert or replace into links values (?, ?, ?, ?)");
  const { crm } = new Client({ accessToken, basePath: baseUrl });
  let rows = 0;
  let requests = 0;
  const store = db.transaction((kind: string, page: SdkPage) => {
    for (const { id, properties, propertiesWithHistory, associations } of page.results) {
      rows += record.run(kind, id, JSON.stringify(properties)).changes;
      for (const [property, entries] of Object.entries(propertiesWithHistory ?? {})) {
        for (const entry of entries) rows += history.run(id, property, new Date(entry.timestamp).toISOString(), entry.value).changes;
      }
      for (const [target, { results }] of Object.entries(associations ?? {})) {
        for (const end of new Set(results.map((result) => result.id))) rows += link.run(kind, id, target, end).changes;
      }
    }
  });
  const readAll = async (kind: string, limit: number, properties: string[], withHistory: string[], linked: string[]): Promise<void> => {
    for (let after: string | undefined; ; ) {
      const page: SdkPage = await crm.objects.basicApi.getPage(kind, limit, after, properties, withHistory, linked);
      requests += 1;
      store(kind, page);
      after = page.paging?.next?.after;
      if (after === undefined) return;
    }
  };
  await readAll("deals", 50, DEAL, HISTORY, ["companies", "contacts"]);
  await readAll("companies", 100, ["name", "industry", "hubspot_owner_id"], [], []);
  await readAll("contacts", 50, ["firstname", "lastname", "email", "lifecyclestage"], ["lifecyclestage"], []);
  for (const kind of ["calls", "emails", "meetings", "tasks", "notes"])
    await readAll(kind, 100, ACTIVITY, [], ["deals", "contacts", "companies"]);
  db.close();
  return { rows, requests };
}
