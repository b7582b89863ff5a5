import type { SyncHealth } from "#sync/health.ts";
import type { Observation } from "../state.ts";

export const SYNC_RULE = "sync_health";

/** What is shown of a connection that can't be relied on; a healthy one has nothing that moves. */
export type SyncEvidence = { readonly connectionId: string; readonly state: string; readonly asOf: string | null };

/** Fires for each connection whose data are late or incomplete; everything that rests on them waits meanwhile (A9). */
export function observeSync(health: readonly SyncHealth[]): ReadonlyMap<string, Observation> {
  return new Map(
    health.map((each) => {
      const evidence: SyncEvidence = { connectionId: each.connectionId, state: each.state, asOf: each.state === "ok" ? null : each.asOf };
      const thresholds = [{ level: "critical", fire: 0, clear: 0 } as const];
      return [each.connectionId, { state: "value", bad: "above", value: each.state === "ok" ? 0 : 1, thresholds, evidence }];
    }),
  );
}
