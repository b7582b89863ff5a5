import type { Clock } from "#core/clock.ts";
import type { Instant } from "#core/time/instant.ts";
import { ALL_BLOCKS, TARGETS_SCOPE } from "#warehouse/dirty.ts";
import {
  clearMarks,
  type DirtyMark,
  keepRules,
  readMarks,
  readRules,
  readVersions,
  replaceCells,
  type StoredVersion,
} from "#warehouse/metric-store.ts";
import type { ReadDb, Warehouse } from "#warehouse/warehouse.ts";
import { measuredKeys, storedMetrics } from "./blocks.ts";
import { fillCells } from "./fill.ts";
import { asOfAt, type QueryContext } from "./request.ts";
import { storeValues } from "./store-values.ts";

export interface MeasureDeps extends QueryContext {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
}

export interface MeasureReport {
  /** `full`: everything was computed anew, and why. */
  readonly mode: "full" | "incremental" | "nothing_changed";
  readonly why: string | null;
  /** Blocks (fact set and month) whose cells were computed anew. */
  readonly blocks: number;
  readonly cells: number;
  /** Finished values that changed. */
  readonly values: number;
  readonly durationMs: number;
}

/** Brings stored cells and values up to date with the warehouse: only what was marked since the last time, everything the first time
 *  or when definitions, people or rates changed. Safe to stop anywhere: marks are cleared last, with the values. */
export async function measure(deps: MeasureDeps): Promise<MeasureReport> {
  const startedMs = deps.clock.monotonicMs();
  const now = deps.clock.now();
  const asOf = asOfAt(now, deps.organization);
  const work = await deps.warehouse.read((db) => workToDo(db, deps));
  if (work.blocks !== null && work.blocks.size === 0 && work.marks.length === 0) {
    return {
      mode: "nothing_changed",
      why: null,
      blocks: 0,
      cells: 0,
      values: 0,
      durationMs: Math.round(deps.clock.monotonicMs() - startedMs),
    };
  }
  const metrics = enabledMetrics(deps);
  let cells = 0;
  let touched: ReadonlySet<string> = work.blocks ?? new Set();
  if (work.blocks === null || work.blocks.size > 0) {
    const filled = await deps.warehouse.read((db) => fillCells(db, metrics, work.blocks, asOf, deps.organization, deps.scope));
    touched = work.blocks ?? filled.blocks;
    const blocks = work.blocks === null ? null : [...work.blocks];
    cells = await deps.warehouse.write((tx) => replaceCells(tx, metrics, blocks, filled.rows(), filled.cells.keys, now));
  }
  const targetsChanged = work.blocks === null || work.marks.some((mark) => mark.scope === TARGETS_SCOPE);
  const values = await storeValues(deps, touched, targetsChanged, asOf);
  await deps.warehouse.write(async (tx) => {
    await keepRules(tx, rulesOf(deps), now);
    await clearMarks(tx, work.marks);
  });
  return {
    mode: work.blocks === null ? "full" : "incremental",
    why: work.why,
    blocks: touched.size,
    cells,
    values,
    durationMs: Math.round(deps.clock.monotonicMs() - startedMs),
  };
}

/** What has to be computed anew. */
interface Work {
  /** Null: everything. */
  readonly blocks: ReadonlySet<string> | null;
  readonly why: string | null;
  readonly marks: readonly DirtyMark[];
}

async function workToDo(db: ReadDb, deps: MeasureDeps): Promise<Work> {
  const marks = await readMarks(db);
  const why = reasonForAll(marks, await readVersions(db), await hasNewRules(db, deps), enabledMetrics(deps));
  if (why !== null) return { blocks: null, why, marks };
  const blocks = new Set(marks.map((mark) => mark.scope).filter((scope) => /^(?:open|(?:closed|created|stage):\d{4}-\d{2})$/.test(scope)));
  if (await isNewDay(db, deps)) blocks.add("open");
  return { blocks, why: null, marks };
}

function enabledMetrics(deps: MeasureDeps): ReturnType<typeof storedMetrics> {
  const keys = measuredKeys(deps.enabled);
  return storedMetrics().filter(({ key }) => keys.has(key));
}

function reasonForAll(
  marks: readonly DirtyMark[],
  versions: readonly StoredVersion[],
  hasNewRules: boolean,
  enabled: ReturnType<typeof storedMetrics>,
): string | null {
  if (hasNewRules && versions.length > 0) return "zone, currency, calendar, scope, enabled KPIs or people.level changed";
  if (marks.some((mark) => mark.scope === ALL_BLOCKS)) return "definitions, people or rates changed";
  const known = new Map(versions.map((row) => [row.metric, row.version]));
  const outdated = enabled.filter((metric) => known.get(metric.key) !== metric.version);
  if (outdated.length === 0) return null;
  return known.size === 0 ? "first time" : `new definition of ${outdated.map((metric) => metric.key).join(", ")}`;
}

/** Settings that every stored number rests on. */
function rulesOf(deps: MeasureDeps): string {
  const { timeZone, currency, periods } = deps.organization;
  const enabled = deps.enabled === undefined ? null : [...measuredKeys(deps.enabled)].sort();
  return JSON.stringify({ timeZone, currency, periods, peopleLevel: deps.peopleLevel ?? "individual", scope: deps.scope ?? null, enabled });
}

async function hasNewRules(db: ReadDb, deps: MeasureDeps): Promise<boolean> {
  return (await readRules(db)) !== rulesOf(deps);
}

/** Stock ages: its rates and ages are those of the day. */
async function isNewDay(db: ReadDb, deps: MeasureDeps): Promise<boolean> {
  const last = await db
    .selectFrom("metric_versions")
    .select((e) => e.fn.max("measured_at").as("at"))
    .executeTakeFirst();
  const today = asOfAt(deps.clock.now(), deps.organization).day;
  return last?.at === undefined || last.at === null || asOfAt(last.at as Instant, deps.organization).day !== today;
}
