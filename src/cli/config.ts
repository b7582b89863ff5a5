import { EXIT } from "./app.ts";
import type { Verb } from "./verb.ts";

/** `config check | print | schema`: the configuration file, nothing opened. */
export function configVerb(): Verb {
  return {
    name: "config",
    summary: "check and print the configuration",
    verbs: [checkVerb()],
  };
}

function checkVerb(): Verb {
  return {
    name: "check",
    summary: "check the configuration file",
    examples: ["scorekeeper config check", "scorekeeper config check --config /etc/scorekeeper/scorekeeper.yaml --json"],
    run: async ({ services, configFile, output }) => {
      const loaded = await services.loadConfig(configFile);
      for (const warning of loaded.warnings) output.note(`Warning: ${warning}`);
      const connections = loaded.config.connections.map(({ id, type }) => ({ id, type }));
      output.print(`${configFile} is good: ${connections.length} connection${connections.length === 1 ? "" : "s"}.`);
      output.document({ schema: "scorekeeper.config-check/1", file: configFile, connections, warnings: loaded.warnings });
      return EXIT.done;
    },
  };
}
