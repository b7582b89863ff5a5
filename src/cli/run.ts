import { EXIT } from "./app.ts";
import { runCycle } from "./cycle/cycle.ts";
import { exitCodeOfSteps, showSteps, stepJson } from "./cycle/step.ts";
import type { Verb } from "./verb.ts";
import { actor } from "./writeback.ts";

/** `run`: one whole cycle. What `start` does on a schedule, once and by hand. */
export function runVerb(): Verb {
  return {
    name: "run",
    summary: "one whole cycle: sync, measure, write back, alert",
    examples: ["scorekeeper run", "scorekeeper run --json", "scorekeeper run --notify-existing"],
    options: [{ flags: "--notify-existing", description: "tell about what is already so at the first run, too" }],
    run: async (call) => {
      const app = await call.app();
      const options = { notifyExisting: call.flag("notify-existing"), when: "scheduled", by: actor(call) } as const;
      const steps = await app.exclusive((warehouse, signal) => runCycle(app, warehouse, signal, call.output, options));
      showSteps(call.output, steps);
      const isStopped = call.signal.aborted;
      if (isStopped) call.output.note("Stopped as asked. The next run goes on from here.");
      call.output.document({ schema: "scorekeeper.run-cycle/1", stopped: isStopped, steps: steps.map(stepJson) });
      return isStopped ? EXIT.partial : exitCodeOfSteps(steps);
    },
  };
}
