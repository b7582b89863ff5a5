import { AppError } from "#core/errors.ts";
import type { Instant } from "#core/time/instant.ts";
import type { WritebackRunsTable } from "#warehouse/schema/writeback.ts";
import { putSetting, readSetting } from "#warehouse/settings.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";
import { skipRest } from "./outbox.ts";

const MODE_KEY = "writeback.mode.";

/** Whether a connection is written to. `trial`: live, but the first plan is held after its first records until somebody approves it. */
export interface WritebackMode {
  readonly mode: "preview" | "trial" | "live";
  readonly because: "configuration" | "default" | "decision";
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
}

export async function writebackMode(db: Reader, connectionId: string, configured: "auto" | "preview"): Promise<WritebackMode> {
  const row = await readSetting(db, MODE_KEY + connectionId);
  const decided = { decidedAt: row?.changed_at ?? null, decidedBy: row?.changed_by ?? null };
  if (configured === "preview") return { mode: "preview", because: "configuration", ...decided };
  if (row === undefined) return { mode: "preview", because: "default", ...decided };
  return { mode: row.value === "live" || row.value === "trial" ? row.value : "preview", because: "decision", ...decided };
}

export async function setWritebackMode(
  tx: WriteTx,
  connectionId: string,
  mode: WritebackMode["mode"],
  by: string,
  now: Instant,
): Promise<void> {
  await putSetting(tx, MODE_KEY + connectionId, mode, by, now);
}

export async function heldRun(db: Reader, connectionId: string): Promise<WritebackRunsTable | undefined> {
  return db
    .selectFrom("writeback_runs")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .where("state", "=", "held")
    .orderBy("made_at", "desc")
    .orderBy("run_id")
    .limit(1)
    .executeTakeFirst();
}

/** Releases or discards what is held. What it held is planned afresh by the next apply, with the data of that moment. */
export async function decideHeld(
  tx: WriteTx,
  connectionId: string,
  decision: { readonly approve: boolean; readonly by: string; readonly comment: string | null; readonly now: Instant },
): Promise<WritebackRunsTable> {
  const run = await heldRun(tx, connectionId);
  if (run === undefined) {
    throw new AppError({
      code: "writeback.nothing_held",
      recovery: "configure",
      message: `No plan of connection ${connectionId} waits for approval. See what would be written with: scorekeeper writeback plan`,
    });
  }
  const { approve, by, comment, now } = decision;
  await skipRest(tx, run.run_id, { now, code: approve ? "writeback.replanned" : "writeback.rejected" });
  const state = approve ? "approved" : "rejected";
  await tx
    .updateTable("writeback_runs")
    .set({ state, decided_at: now, decided_by: by, comment, ended_at: now })
    .where("run_id", "=", run.run_id)
    .execute();
  if (approve) await setWritebackMode(tx, connectionId, "live", by, now);
  return { ...run, state };
}
