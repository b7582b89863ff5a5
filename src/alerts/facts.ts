import type { Instant } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import { suspendedAddresses } from "#mail/outbox.ts";
import { isMailAddress } from "#mail/transport.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import { type SyncHealth, syncHealth } from "#sync/health.ts";
import type { ReadDb, Warehouse } from "#warehouse/warehouse.ts";
import type { Directory } from "./route.ts";
import { dealSubject, type StaleDealRule } from "./rules/stale-deal.ts";
import type { AlertSettings } from "./settings.ts";

/** What one evaluation looks at, read at one moment. */
export interface AlertFacts {
  /** Or why they could not be computed: the rule then stands in error (A16). */
  readonly paces: { readonly state: "ok"; readonly paces: readonly DealPace[] } | { readonly state: "error"; readonly why: string };
  readonly health: readonly SyncHealth[];
  readonly directory: Directory;
  /** Next step of deals that may be told of, by `connection:id`. */
  readonly nextSteps: ReadonlyMap<string, string>;
}

export type LoadPaces = (db: ReadDb, rule: { readonly multiplier: number; readonly minimumDays: number }) => Promise<readonly DealPace[]>;

/** Reads the paces apart from the rest: a query that fails would spoil the whole transaction on PostgreSQL. */
export async function loadFacts(
  warehouse: Warehouse,
  deps: { readonly settings: AlertSettings; readonly loadPaces: LoadPaces; readonly now: Instant },
): Promise<AlertFacts> {
  const { settings, now } = deps;
  const rule = settings.staleDeal;
  const paces = rule === null ? ({ state: "ok", paces: [] } as const) : await pacesOrWhy(warehouse, deps.loadPaces, rule);
  return warehouse.read(async (db) => ({
    paces,
    health: await syncHealth(db, settings.connectionIds, now, settings.maximumDataAgeMs),
    directory: await loadDirectory(db),
    nextSteps: await loadNextSteps(db, paces.state === "ok" ? paces.paces.filter((pace) => mayBeTold(pace, rule)) : []),
  }));
}

function mayBeTold(pace: DealPace, rule: StaleDealRule | null): boolean {
  return rule !== null && pace.daysInStage > pace.thresholdDays * rule.clearShare;
}

async function pacesOrWhy(warehouse: Warehouse, loadPaces: LoadPaces, rule: StaleDealRule): Promise<AlertFacts["paces"]> {
  try {
    return { state: "ok", paces: await warehouse.read((db) => loadPaces(db, rule)) };
  } catch (error) {
    return { state: "error", why: error instanceof Error ? error.message : String(error) };
  }
}

/** A zone this machine knows, else null: a slip in people.csv must not cost a mail. */
function knownZone(name: string | null): string | null {
  try {
    return name === null ? null : zone(name).name;
  } catch {
    return null;
  }
}

async function loadDirectory(db: ReadDb): Promise<Directory> {
  const rows = await db
    .selectFrom("people")
    .select(["person_id", "name", "email", "manager_id", "is_active", "language", "time_zone"])
    .execute();
  const people = rows.map((row) => ({
    ...{ personId: row.person_id, name: row.name, managerId: row.manager_id, isActive: row.is_active === 1 },
    ...{
      email: row.email !== null && isMailAddress(row.email) ? row.email : null,
      language: row.language,
      timeZone: knownZone(row.time_zone),
    },
  }));
  return { people: new Map(people.map((person) => [person.personId, person])), suspended: await suspendedAddresses(db) };
}

async function loadNextSteps(db: ReadDb, paces: readonly DealPace[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [connectionId, deals] of Map.groupBy(paces, (pace) => pace.connectionId)) {
    for (let start = 0; start < deals.length; start += 500) {
      const ids = deals.slice(start, start + 500).map((deal) => deal.dealId);
      const rows = await db
        .selectFrom("deals")
        .select(["source_id", "next_step"])
        .where("connection_id", "=", connectionId)
        .where("source_id", "in", ids)
        .execute();
      for (const row of rows) {
        if (row.next_step !== null) found.set(dealSubject({ connectionId, dealId: row.source_id }), row.next_step);
      }
    }
  }
  return found;
}
