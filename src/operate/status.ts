import { num } from "#warehouse/num.ts";
import { listRuns } from "#warehouse/runs.ts";
import type { RunsTable } from "#warehouse/schema/operations.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";

/** Where one connection stands. */
export interface ConnectionStatus {
  readonly id: string;
  readonly deals: number;
  readonly openDeals: number;
  readonly activities: number;
  readonly refused: number;
  /** Stream → when its checkpoint last moved. */
  readonly streams: readonly { readonly stream: string; readonly updatedAt: string }[];
  readonly lastSync: RunsTable | null;
}

export interface Status {
  readonly connections: readonly ConnectionStatus[];
  /** The last run of every kind, newest first. */
  readonly lastRuns: readonly RunsTable[];
  /** Who is at work now; null when nobody is. */
  readonly busy: { readonly holder: string; readonly until: string } | null;
  /** Mails waiting, and mails of which nobody knows whether they went out. */
  readonly mails: { readonly waiting: number; readonly held: number };
}

/** Where everything stands, from the warehouse alone. */
export async function readStatus(db: ReadDb, connectionIds: readonly string[], now: string): Promise<Status> {
  const lastRuns = await lastOfEachKind(db);
  const connections: ConnectionStatus[] = [];
  for (const id of connectionIds) connections.push(await connectionStatus(db, id));
  const lease = await db.selectFrom("leases").selectAll().where("name", "=", "cycle").where("expires_at", ">", now).executeTakeFirst();
  return {
    connections,
    lastRuns,
    busy: lease === undefined ? null : { holder: lease.holder, until: lease.expires_at },
    mails: { waiting: await mailsIn(db, ["queued", "retry"]), held: await mailsIn(db, ["held"]) },
  };
}

async function connectionStatus(db: ReadDb, id: string): Promise<ConnectionStatus> {
  const deals = db.selectFrom("deals").where("connection_id", "=", id).where("deleted_seen_at", "is", null);
  const byOutcome = await deals
    .select((row) => ["outcome", row.fn.countAll().as("n")])
    .groupBy("outcome")
    .execute();
  const activities = await db
    .selectFrom("activities")
    .where("connection_id", "=", id)
    .where("deleted_seen_at", "is", null)
    .select((row) => row.fn.countAll().as("n"))
    .executeTakeFirst();
  const refused = await db
    .selectFrom("rejected_records")
    .where("connection_id", "=", id)
    .where("state", "=", "open")
    .select((row) => row.fn.countAll().as("n"))
    .executeTakeFirst();
  const streams = await db
    .selectFrom("sync_cursors")
    .select(["stream", "updated_at as updatedAt"])
    .where("connection_id", "=", id)
    .orderBy("stream")
    .execute();
  const [lastSync = null] = await listRuns(db, { limit: 1, kind: "sync", connectionId: id });
  return {
    id,
    deals: byOutcome.reduce((sum, { n }) => sum + num(n), 0),
    openDeals: num(byOutcome.find(({ outcome }) => outcome === "open")?.n ?? 0),
    activities: num(activities?.n ?? 0),
    refused: num(refused?.n ?? 0),
    streams,
    lastSync,
  };
}

async function lastOfEachKind(db: ReadDb): Promise<readonly RunsTable[]> {
  const kinds = await db.selectFrom("runs").select("kind").distinct().orderBy("kind").execute();
  const runs: RunsTable[] = [];
  for (const { kind } of kinds) runs.push(...(await listRuns(db, { limit: 1, kind })));
  return runs.sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
}

async function mailsIn(db: ReadDb, states: readonly string[]): Promise<number> {
  const row = await db
    .selectFrom("alert_deliveries")
    .where("state", "in", states)
    .select((each) => each.fn.countAll().as("n"))
    .executeTakeFirst();
  return num(row?.n ?? 0);
}
