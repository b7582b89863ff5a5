import type { App } from "./app.ts";
import { filesStep } from "./cycle/files-step.ts";
import { exitCodeOfSteps, type Step, showSteps, stepJson } from "./cycle/step.ts";
import { syncConnection } from "./cycle/sync-step.ts";
import { chosenConnections } from "./options.ts";
import type { Call, Verb } from "./verb.ts";

/** `sync`: pulls what changed into the warehouse; connections side by side, one that fails never stops another. */
export function syncVerb(): Verb {
  return {
    name: "sync",
    summary: "pull what changed into the warehouse",
    examples: ["scorekeeper sync", "scorekeeper sync --connection hs --stream deals", "scorekeeper sync --full --json"],
    options: [
      { flags: "--connection <id>", description: "only this connection" },
      { flags: "--stream <name>", description: "only this stream; may be repeated", repeat: true },
      { flags: "--full", description: "read everything again instead of what changed" },
    ],
    run: async (call) => {
      const app = await call.app();
      const connections = chosenConnections(call, app.connectionIds);
      const steps = await syncAll(call, app, connections);
      showSteps(call.output, steps);
      call.output.document({ schema: "scorekeeper.sync/1", steps: steps.map(stepJson) });
      return exitCodeOfSteps(steps);
    },
  };
}

function syncAll(call: Call, app: App, connections: readonly string[]): Promise<readonly Step[]> {
  const plan = { streams: call.texts("stream"), full: call.flag("full") };
  return app.exclusive(async (warehouse, signal) => {
    const synced = await Promise.all(connections.map((id) => syncConnection(app, warehouse, signal, call.output, id, plan)));
    return [...synced, await filesStep(app, warehouse, call.output)];
  });
}
