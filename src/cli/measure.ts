import { metricsContext } from "#metrics/context.ts";
import { type MeasureReport, measure } from "#metrics/measure.ts";
import { withRun } from "#warehouse/runs.ts";
import { EXIT } from "./app.ts";
import type { Verb } from "./verb.ts";

/** `measure`: brings stored KPIs up to date with what sync brought. */
export function measureVerb(): Verb {
  return {
    name: "measure",
    summary: "compute KPIs from the warehouse; only what changed",
    examples: ["scorekeeper measure", "scorekeeper measure --json"],
    run: async (call) => {
      const app = await call.app();
      const report = await app.exclusive((warehouse) =>
        withRun({ warehouse, clock: app.clock, rng: app.rng }, { kind: "measure" }, async () => {
          const value = await measure({ ...metricsContext(app), warehouse });
          return { state: "ok", counts: { blocks: value.blocks, cells: value.cells, values: value.values }, value };
        }),
      );
      call.output.print(sentence(report));
      call.output.document({ schema: "scorekeeper.measure/1", ...report });
      return EXIT.done;
    },
  };
}

function sentence(report: MeasureReport): string {
  const took = `in ${(report.durationMs / 1000).toFixed(1)} s`;
  if (report.mode === "nothing_changed" && report.values === 0) return `Nothing changed; KPIs are up to date (${took}).`;
  const what = report.mode === "full" ? `Everything computed (${report.why})` : `${report.blocks} months of facts computed anew`;
  return `${what}: ${report.cells} cells, ${report.values} values changed, ${took}.`;
}
