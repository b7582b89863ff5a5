import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { silentLog } from "#core/log.ts";
import { measure } from "#metrics/measure.ts";
import { queryMetrics } from "#metrics/query.ts";
import type { MetricsRequest } from "#metrics/request.ts";
import { markDirty } from "#warehouse/dirty.ts";
import { openWarehouse } from "#warehouse/open.ts";
import { manualClock } from "../support/manual-clock.ts";
import { organization } from "../support/metric-world.ts";
import { BENCH_NOW, writeKpiWorld } from "./kpi-world.ts";

const TEN = [
  "won_amount",
  "won_deals",
  "lost_deals",
  "win_rate",
  "avg_deal_size",
  "sales_cycle_days",
  "open_deals",
  "open_amount",
  "avg_days_in_stage",
  "quota_attainment",
];

export interface BenchLine {
  readonly what: string;
  readonly seconds: number;
  /** Differs from `seconds` where the machine had other work. */
  readonly cpuSeconds: number;
  readonly note: string;
}

/** KPIs over many deals: full computation, stored and computed questions, beside the same as plain SQL. `folder` keeps the generated world. */
export async function benchKpis(folder: string, deals: number, say: (line: string) => void): Promise<readonly BenchLine[]> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `kpis-${deals}.db`);
  const isNew = !existsSync(file);
  const clock = manualClock({ start: BENCH_NOW });
  const open = () => openWarehouse({ url: `sqlite:${file}`, clock, log: silentLog });
  const lines: BenchLine[] = [];
  const timed = async <T>(what: string, work: () => Promise<T> | T, note: (result: T) => string = () => ""): Promise<T> => {
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const result = await work();
    const cpu = process.cpuUsage(cpuBefore);
    const line = { what, seconds: (performance.now() - start) / 1000, cpuSeconds: (cpu.user + cpu.system) / 1e6, note: note(result) };
    lines.push(line);
    say(
      `${line.seconds.toFixed(2).padStart(8)} s (${line.cpuSeconds.toFixed(2)} s of CPU)  ${what}${line.note === "" ? "" : `  (${line.note})`}`,
    );
    return result;
  };
  if (isNew) {
    await (await open()).close();
    await timed(
      "generate the world",
      () => writeKpiWorld(file, { deals, reps: 500 }),
      (made) => `${made.deals} deals, ${made.history} history rows`,
    );
  }
  const warehouse = await open();
  const deps = { warehouse, clock, organization: organization() };
  const ask = (request: MetricsRequest) => queryMetrics(deps, request);
  const rows = (document: Awaited<ReturnType<typeof ask>>) => `${document.rows.length} rows`;
  await warehouse.write((tx) => markDirty(tx, ["all"], "bench", clock.now()));
  await timed(
    "measure of ten KPIs, full",
    () => measure({ ...deps, enabled: TEN }),
    (report) => `${report.cells} cells, ${report.values} values, peak ${peakMb()} MB`,
  );
  await timed(
    "measure of all KPIs, full",
    () => measure(deps),
    (report) => `${report.cells} cells, ${report.values} values, peak ${peakMb()} MB, file ${megabytes(file)} MB`,
  );
  await timed("measure, nothing changed", () => measure(deps));
  await warehouse.write((tx) =>
    markDirty(tx, ["closed:2026-06", "stage:2026-06", "created:2026-06", "closed:2026-05", "stage:2026-05", "open"], "bench", clock.now()),
  );
  await timed(
    "measure after a day's changes",
    () => measure(deps),
    (report) => `${report.blocks} blocks`,
  );
  const quarters = { by: ["manager"], grains: ["quarter"], from: "2024-07-01", to: "2026-07-01" };
  await timed("win_rate by manager and quarter, stored", () => ask({ ...quarters, metrics: ["win_rate"] }), rows);
  await timed("ten KPIs of the quarter, stored", () => ask({ metrics: TEN }), rows);
  await timed("win_rate by source of the quarter, from facts", () => ask({ metrics: ["win_rate"], by: ["source"] }), rows);
  await timed(
    "avg_days_in_stage by source of the quarter, from facts",
    () => ask({ metrics: ["avg_days_in_stage"], by: ["source"] }),
    rows,
  );
  await timed("ten KPIs by rep as of 2026-03-31, from history", () => ask({ metrics: TEN, by: ["rep"], asOf: "2026-03-31" }), rows);
  await warehouse.close();
  await plainSql(file, timed);
  return lines;
}

async function plainSql(file: string, timed: <T>(what: string, work: () => T, note?: (result: T) => string) => Promise<T>): Promise<void> {
  const db = new Database(file, { readonly: true });
  const all = (sql: string) => () => db.prepare(sql).all();
  const note = (rows: unknown[]): string => `${rows.length} rows`;
  await timed(
    "plain SQL: win rate by today's owner and month",
    all(
      "select owner_id, substr(close_day, 1, 7) as month, sum(outcome = 'won'), sum(outcome in ('won', 'lost')) from deals where outcome <> 'open' and deleted_seen_at is null group by 1, 2",
    ),
    note,
  );
  await timed(
    "plain SQL: average days in stage",
    all("select stage_id, avg(days) from deal_stage_history where days is not null group by 1"),
    note,
  );
  await timed(
    "plain SQL: open deals by today's owner",
    all("select owner_id, count(*), sum(amount_minor) from deals where outcome = 'open' group by 1"),
    note,
  );
  db.close();
}

function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function megabytes(file: string): number {
  return Math.round(statSync(file).size / 1_000_000);
}
