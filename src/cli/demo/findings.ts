import { metricsContext } from "#metrics/context.ts";
import { type DealPace, dealPaces } from "#metrics/deal-pace.ts";
import { queryMetrics } from "#metrics/query.ts";
import { readStatus, type Status } from "#operate/status.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { App } from "../app.ts";
import { planStep } from "../writeback-step.ts";
import { readWritten, type Written } from "./written.ts";

export interface LeaderboardLine {
  readonly name: string;
  readonly wonAmount: number;
  readonly winRate: number | null;
  readonly won: number;
  readonly closed: number;
  readonly attainment: number | null;
}

/** What the demo shows, all read back from the warehouse the cycle filled. */
export interface Findings {
  readonly status: Status;
  readonly stages: number;
  readonly people: number;
  /** This quarter, largest first. */
  readonly leaderboard: readonly LeaderboardLine[];
  readonly open: number;
  readonly stuck: readonly (DealPace & { readonly ownerName: string })[];
  readonly written: readonly Written[];
}

export async function readFindings(app: App, warehouse: Warehouse): Promise<Findings> {
  const names = await namesOf(warehouse);
  const paces = await warehouse.read((db) => dealPaces(db, { asOf: app.clock.now(), organization: app.organization }));
  const written: Written[] = [];
  for (const connectionId of app.connectionIds) {
    written.push(await readWritten(app, warehouse, await planStep(app, warehouse, connectionId), connectionId));
  }
  return {
    status: await warehouse.read((db) => readStatus(db, app.connectionIds, app.clock.now())),
    stages: await countStays(warehouse),
    people: names.size,
    leaderboard: await leaderboard(app, warehouse, names),
    open: paces.length,
    stuck: paces.filter(({ isStuck }) => isStuck).map((pace) => ({ ...pace, ownerName: names.get(pace.ownerPersonId ?? "") ?? "nobody" })),
    written,
  };
}

async function namesOf(warehouse: Warehouse): Promise<ReadonlyMap<string, string>> {
  const rows = await warehouse.read((db) => db.selectFrom("people").select(["person_id", "name"]).orderBy("person_id").execute());
  return new Map(rows.map((row) => [row.person_id, row.name ?? row.person_id]));
}

async function countStays(warehouse: Warehouse): Promise<number> {
  const row = await warehouse.read((db) =>
    db
      .selectFrom("deal_stage_history")
      .select((each) => each.fn.countAll().as("n"))
      .executeTakeFirst(),
  );
  return Number(row?.n ?? 0);
}

async function leaderboard(app: App, warehouse: Warehouse, names: ReadonlyMap<string, string>): Promise<readonly LeaderboardLine[]> {
  const metrics = ["won_amount", "win_rate", "quota_attainment"];
  const { rows } = await queryMetrics({ ...metricsContext(app), warehouse }, { metrics, by: ["rep"] });
  const of = (rep: string, metric: string) => rows.find((row) => row.by["rep"] === rep && row.metric === metric);
  const reps = [...new Set(rows.map((row) => row.by["rep"] ?? ""))];
  const lines = reps.map((rep) => {
    const rate = of(rep, "win_rate");
    return {
      name: names.get(rep) ?? rep,
      wonAmount: of(rep, "won_amount")?.value ?? 0,
      winRate: rate?.value ?? null,
      won: rate?.numerator ?? 0,
      closed: rate?.denominator ?? 0,
      attainment: of(rep, "quota_attainment")?.value ?? null,
    };
  });
  return lines
    .filter((line) => line.closed > 0 || line.wonAmount > 0)
    .sort((a, b) => b.wonAmount - a.wonAmount || (a.name < b.name ? -1 : 1));
}
