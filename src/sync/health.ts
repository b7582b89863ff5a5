import { type Instant, msOf, storedInstant } from "#core/time/instant.ts";
import type { ReadDb } from "#warehouse/warehouse.ts";

/** Whether the data of a connection can be relied on now (A9, W8). */
export interface SyncHealth {
  readonly connectionId: string;
  readonly state: "ok" | "failed" | "partial" | "stale" | "never";
  /** Start of the last sync that went through: the data are true for that moment. Null: none did. */
  readonly asOf: Instant | null;
  /** Start of the last sync of any outcome. */
  readonly lastTriedAt: Instant | null;
}

/** A finished sync of one connection. */
export interface SyncRun {
  readonly startedAt: Instant;
  readonly state: string;
}

/** Pure: the health that the runs of a connection, newest first, amount to. */
export function healthOf(connectionId: string, runs: readonly SyncRun[], now: Instant, maximumAgeMs: number): SyncHealth {
  const last = runs[0];
  const good = runs.find((run) => run.state === "ok");
  const common = { connectionId, asOf: good?.startedAt ?? null, lastTriedAt: last?.startedAt ?? null };
  if (last === undefined) return { ...common, state: "never" };
  if (last.state === "partial") return { ...common, state: "partial" };
  if (last.state !== "ok") return { ...common, state: "failed" };
  return { ...common, state: msOf(now) - msOf(last.startedAt) > maximumAgeMs ? "stale" : "ok" };
}

/** The health of each of the connections, in their order. */
export async function syncHealth(
  db: ReadDb,
  connectionIds: readonly string[],
  now: Instant,
  maximumAgeMs: number,
): Promise<readonly SyncHealth[]> {
  const found: SyncHealth[] = [];
  for (const connectionId of connectionIds) {
    const finished = db
      .selectFrom("runs")
      .select(["started_at", "state"])
      .where("kind", "=", "sync")
      .where("connection_id", "=", connectionId)
      .where("state", "!=", "running")
      .orderBy("started_at", "desc")
      .orderBy("run_id", "desc")
      .limit(1);
    const rows = [...(await finished.execute()), ...(await finished.where("state", "=", "ok").execute())];
    const runs = rows.map((row) => ({ startedAt: storedInstant(row.started_at), state: row.state }));
    found.push(healthOf(connectionId, runs, now, maximumAgeMs));
  }
  return found;
}
