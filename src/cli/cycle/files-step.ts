import { resolve } from "node:path";
import { isAppError } from "#core/errors.ts";
import { readReferenceFiles } from "#sync/reference-files.ts";
import { withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { App, Output } from "../app.ts";
import type { Step } from "./step.ts";

/** people.csv, targets and exchange rates into the warehouse, and people joined anew; bad lines are told and left out. */
export async function filesStep(app: App, warehouse: Warehouse, output: Output): Promise<Step> {
  try {
    const report = await withRun({ ...app, warehouse }, { kind: "files" }, async () => {
      const value = await read(app, warehouse);
      const counts = { people: value.people, targets: value.targets, rates: value.rates, rejected: value.problems.length };
      return { state: value.problems.length === 0 ? "ok" : "partial", counts, value: { ...value, counts } };
    });
    for (const problem of report.problems) output.note(problem.message);
    return { step: "files", state: report.problems.length === 0 ? "ok" : "partial", counts: report.counts };
  } catch (error) {
    if (!isAppError(error) || error.code.startsWith("lease.")) throw error;
    return { step: "files", state: "failed", counts: {}, error };
  }
}

function read(app: App, warehouse: Warehouse): ReturnType<typeof readReferenceFiles> {
  const { config, organization, directory, clock } = app;
  const absolute = (path: string | undefined): string | null => (path === undefined ? null : resolve(directory, path));
  return readReferenceFiles({
    warehouse,
    organization,
    matching: config.matching.people,
    files: {
      people: absolute(config.people.file),
      targets: absolute(config.targets.file),
      rates: absolute(config.organization.exchangeRates),
    },
    now: clock.now(),
  });
}
