import type { Organization } from "#core/organization.ts";
import type { Automation, Change } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import { applyChanges } from "#warehouse/apply.ts";
import type { Reader, WriteTx } from "#warehouse/warehouse.ts";

/** What of the CRM's own logic a write may set off, by kind and name. */
export interface KnownAutomation {
  readonly kind: string;
  readonly name: string;
}

/** Keeps what the CRM runs on its records, so that a plan can name it without speaking to the CRM; what is gone is marked so. */
export async function storeAutomations(
  tx: WriteTx,
  found: readonly Automation[],
  context: { readonly connectionId: string; readonly organization: Organization; readonly now: Instant },
): Promise<void> {
  const present = new Set(found.map((automation) => automation.id));
  const known = await tx
    .selectFrom("automations")
    .select("source_id")
    .where("connection_id", "=", context.connectionId)
    .where("deleted_seen_at", "is", null)
    .execute();
  const changes: Change[] = [
    ...found.map((record): Change => ({ type: "automation", op: "upsert", record })),
    ...known.filter((row) => !present.has(row.source_id)).map((row): Change => ({ type: "automation", op: "delete", id: row.source_id })),
  ];
  if (changes.length > 0) await applyChanges(tx, { ...context, stageOverrides: {}, historyBasis: "native" }, changes);
}

/** Active ones, as last seen. */
export async function knownAutomations(db: Reader, connectionId: string): Promise<readonly KnownAutomation[]> {
  return db
    .selectFrom("automations")
    .select(["kind", "name"])
    .where("connection_id", "=", connectionId)
    .where("active", "=", 1)
    .where("deleted_seen_at", "is", null)
    .orderBy("kind")
    .orderBy("name")
    .orderBy("source_id")
    .execute();
}
