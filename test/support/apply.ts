import type { Change } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import { applyChanges } from "#warehouse/apply.ts";
import type { ApplyContext, ApplyReport } from "#warehouse/apply-context.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { at, organization } from "./records.ts";

/** What tests apply pages with: connection `hs`, a CRM with its own stage log, noon of 30 June 2026. */
export function applyContext(changes: Partial<ApplyContext> = {}): ApplyContext {
  return {
    connectionId: "hs",
    organization: organization(),
    stageOverrides: {},
    historyBasis: "native",
    now: at("2026-06-30T12:00:00Z"),
    ...changes,
  };
}

/** One page in one transaction. */
export async function apply(
  warehouse: Warehouse,
  changes: readonly Change[],
  context: Partial<ApplyContext> & { readonly now?: Instant } = {},
): Promise<ApplyReport> {
  return warehouse.write((tx) => applyChanges(tx, applyContext(context), changes));
}
