import type { Instant } from "#core/time/instant.ts";
import type { WriteTx } from "./warehouse.ts";

/** What of a deal decides in which blocks its facts lie. */
export interface DealDays {
  readonly created_day: string | null;
  readonly close_day: string | null;
  readonly stage_closed_at: string | null;
  readonly outcome: string;
}

export interface StayDays {
  readonly entered_day: string;
  readonly left_day: string | null;
}

/** Everything has to be computed anew: stage definitions, people, rates or configuration changed. */
export const ALL_BLOCKS = "all";
/** Quotas or goals changed. */
export const TARGETS_SCOPE = "targets";

/** The blocks of the metrics engine (`closed:2026-03`, `created:…`, `stage:…`, `open`) that facts of this deal lie in.
 *  MUST be called with the deal as it was and as it is, so that a deal that moved dirties both places (law 3). Pure. */
export function dealBlocks(deal: DealDays, stays: readonly StayDays[]): ReadonlySet<string> {
  const blocks = new Set<string>();
  const add = (kind: string, day: string | null | undefined): void => {
    if (day !== null && day !== undefined) blocks.add(`${kind}:${day.slice(0, 7)}`);
  };
  add("created", deal.created_day);
  if (deal.outcome === "open") blocks.add("open");
  else add("closed", deal.close_day ?? stays.at(-1)?.entered_day);
  for (const stay of stays) {
    add("stage", stay.entered_day);
    add("stage", stay.left_day);
  }
  return blocks;
}

/** Marks blocks for the next `measure`, in the transaction that changed what they rest on. A block marked again while it is being
 *  measured keeps its mark: only marks of the time that was read are cleared. */
export async function markDirty(tx: WriteTx, scopes: Iterable<string>, reason: string, now: Instant): Promise<void> {
  const rows = [...new Set(scopes)].map((scope) => ({ scope, reason, marked_at: now }));
  if (rows.length === 0) return;
  await tx
    .insertInto("dirty_scopes")
    .values(rows)
    .onConflict((conflict) => conflict.column("scope").doUpdateSet({ reason, marked_at: now }))
    .execute();
}
