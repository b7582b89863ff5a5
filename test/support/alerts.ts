import type { AlertDeps } from "#alerts/run-alerts.ts";
import type { AlertSettings } from "#alerts/settings.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { acme, MAIL_SETTINGS } from "./mail.ts";
import type { ManualClock } from "./manual-clock.ts";

export const ALERT_SETTINGS: AlertSettings = {
  ...{ mode: "auto", mail: MAIL_SETTINGS, remindAfterDays: null, peopleLevel: "individual", maximumDataAgeMs: 26 * 3_600_000 },
  staleDeal: { id: "stale_deal", multiplier: 2, minimumDays: 7, clearShare: 0.8, criticalLimits: 2, minimumAmount: null },
  digest: { atMinute: 480, days: new Set([1, 2, 3, 4, 5]) },
  connectionIds: ["hs"],
};

/** Alerts over paces that a test changes as it goes. */
export function alertDeps(
  warehouse: Warehouse,
  clock: ManualClock,
  paces: () => readonly DealPace[],
  settings: Partial<AlertSettings> = {},
): AlertDeps {
  return {
    ...{ warehouse, clock, organization: acme, settings: { ...ALERT_SETTINGS, ...settings } },
    loadPaces: async () => paces(),
    recordUrl: (connectionId, dealId) => `https://crm.example/${connectionId}/${dealId}`,
  };
}

export interface TestPerson {
  readonly id: string;
  readonly manager?: string | null;
  readonly email?: string | null;
  readonly active?: boolean;
  readonly timeZone?: string;
}

export async function putPeople(warehouse: Warehouse, people: readonly TestPerson[]): Promise<void> {
  const rows = people.map(({ id, manager = null, email = id, active = true, timeZone = null }) => ({
    ...{ person_id: id, email, name: `Name of ${id.split("@")[0]}`, role: null, segment: null, region: null, territory: null, team: null },
    ...{ manager_id: manager, language: null, time_zone: timeZone, started_on: null, ended_on: null, is_active: active ? 1 : 0 },
    ...{ first_seen_at: "2026-01-01T00:00:00.000Z", changed_seen_at: "2026-01-01T00:00:00.000Z" },
  }));
  await warehouse.write((tx) => tx.insertInto("people").values(rows).execute());
}

let runs = 0;

/** A finished sync of a connection. */
export async function putSync(warehouse: Warehouse, startedAt: string, state = "ok", connectionId = "hs"): Promise<void> {
  runs += 1;
  const row = {
    ...{ run_id: `run-${runs}`, kind: "sync", connection_id: connectionId, started_at: startedAt, ended_at: startedAt, state },
    ...{ counts: "{}", error_code: null, error_message: null },
  };
  await warehouse.write((tx) => tx.insertInto("runs").values(row).execute());
}
