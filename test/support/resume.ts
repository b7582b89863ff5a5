import { expect } from "vitest";
import type { Connector } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import { unlimitedBudget } from "#kit/budget.ts";
import type { SyncReport } from "#sync/report.ts";
import { runSync, type SyncDeps, type SyncPlan } from "#sync/run-sync.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { contentOf } from "./content.ts";
import { manualClock } from "./manual-clock.ts";
import { organization } from "./records.ts";

/** One sync with everything a test does not care for filled in. */
export async function sync(
  warehouse: Warehouse,
  connector: Connector,
  changes: Partial<SyncDeps> & { readonly plan?: SyncPlan } = {},
): Promise<SyncReport> {
  const { plan = {}, ...deps } = changes;
  return runSync(
    {
      connector,
      connectionId: "hs",
      warehouse,
      organization: organization(),
      stageOverrides: {},
      clock: manualClock(),
      log: silentLog,
      signal: new AbortController().signal,
      budget: unlimitedBudget,
      ...deps,
    },
    plan,
  );
}

/** A process that dies at the n-th commit: just before it (all of it is lost) or just after. */
export function dyingAt(warehouse: Warehouse, commit: number, moment: "before" | "after"): Warehouse {
  let commits = 0;
  const die = (): never => {
    throw new Error(`died ${moment} commit ${commit}`);
  };
  return {
    read: (fn) => (commits >= commit ? die() : warehouse.read(fn)),
    write: async (fn) => {
      if (commits >= commit) die();
      commits += 1;
      const isLast = commits === commit;
      const result = await warehouse.write(async (tx) => {
        const value = await fn(tx);
        if (isLast && moment === "before") die();
        return value;
      });
      if (isLast) die();
      return result;
    },
    close: () => warehouse.close(),
  };
}

/** The law of resume: whatever the commit at which a sync dies, running it again leaves the same database as an undisturbed run.
 *  `connector` makes a fresh one that reads the same source. Returns how many commits were tried. */
export async function expectResume(
  open: () => Promise<Warehouse>,
  connector: () => Connector | Promise<Connector>,
  options: { readonly commits?: number; readonly ignore?: readonly string[]; readonly deps?: Partial<SyncDeps> } = {},
): Promise<number> {
  const ignore = options.ignore ?? [];
  const whole = await open();
  await sync(whole, await connector(), options.deps);
  const expected = await contentOf(whole, ignore);
  const most = options.commits ?? 60;
  for (let commit = 1; commit <= most; commit += 1) {
    for (const moment of ["before", "after"] as const) {
      const warehouse = await open();
      const died = await sync(dyingAt(warehouse, commit, moment), await connector(), options.deps).then(
        () => false,
        () => true,
      );
      if (!died) return commit - 1;
      await sync(warehouse, await connector(), options.deps);
      expect(await contentOf(warehouse, ignore), `killed ${moment} commit ${commit}`).toEqual(expected);
    }
  }
  return most;
}
