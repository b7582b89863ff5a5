import { type MetricsRow, queryMetrics } from "#metrics/query.ts";
import type { MetricsRequest, QueryContext } from "#metrics/request.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { manualClock } from "./manual-clock.ts";
import { organization, storeWorld, type World } from "./metric-world.ts";

export interface Asking extends Partial<Pick<QueryContext, "organization" | "peopleLevel" | "dimensions">> {
  /** Default 2026-06-30T12:00:00Z. */
  readonly now?: string;
}

/** Stores a world and answers questions about it. */
export async function asking(warehouse: Warehouse, world: World, options: Asking = {}) {
  const of = options.organization ?? organization();
  await warehouse.write((tx) => storeWorld(tx, world, of));
  const clock = manualClock(options.now === undefined ? {} : { start: options.now });
  const deps = { warehouse, clock, ...options, organization: of };
  const rows = async (request: MetricsRequest): Promise<readonly MetricsRow[]> => (await queryMetrics(deps, request)).rows;
  return {
    deps,
    rows,
    /** The only row of the answer. */
    one: async (metric: string, request: Omit<MetricsRequest, "metrics"> = {}): Promise<MetricsRow> => {
      const found = await rows({ ...request, metrics: [metric] });
      if (found.length !== 1 || found[0] === undefined) throw new Error(`expected one row, got ${JSON.stringify(found)}`);
      return found[0];
    },
    /** Values by the one dimension asked for. */
    by: async (metric: string, dimension: string, request: Omit<MetricsRequest, "metrics"> = {}): Promise<Record<string, number | null>> =>
      Object.fromEntries(
        (await rows({ ...request, metrics: [metric], by: [dimension] })).map((row) => [row.by[dimension] ?? "", row.value]),
      ),
  };
}
