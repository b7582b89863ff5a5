import { describeConfig } from "#config/describe.ts";
import { EXIT } from "./app.ts";
import { cut, table } from "./text.ts";
import type { Verb } from "./verb.ts";

/** `config check | print | schema`: the configuration file, nothing opened. */
export function configVerb(): Verb {
  return {
    name: "config",
    summary: "check and print the configuration",
    verbs: [checkVerb(), printVerb(), schemaVerb()],
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
      const names = connections.map(({ id, type }) => `${id} (${type})`).join(", ");
      output.print(`${configFile} is good. Connections: ${names === "" ? "none yet" : names}.`);
      output.document({ schema: "scorekeeper.config-check/1", file: configFile, connections, warnings: loaded.warnings });
      return EXIT.done;
    },
  };
}

function printVerb(): Verb {
  return {
    name: "print",
    summary: "every value in use with where it came from, secrets masked",
    examples: ["scorekeeper config print", "scorekeeper config print --json | jq '.values[] | select(.source != \"default\")'"],
    run: async ({ services, configFile, output }) => {
      const values = describeConfig(await services.loadConfig(configFile));
      const rows = values.map(({ key, value, source }) => [key, cut(JSON.stringify(value), 60), output.style.dim(source)]);
      output.print(table([{ title: "key" }, { title: "value" }, { title: "from" }], rows));
      output.document({ schema: "scorekeeper.config/1", file: configFile, values: values.map((value) => ({ ...value })) });
      return EXIT.done;
    },
  };
}

function schemaVerb(): Verb {
  return {
    name: "schema",
    summary: "the JSON Schema of the configuration file, for editors",
    examples: ["scorekeeper config schema > scorekeeper.schema.json"],
    run: async ({ services, output }) => {
      const schema = services.configSchema();
      output.raw(`${JSON.stringify(schema, null, 2)}\n`);
      output.document({ schema: "scorekeeper.config-schema/1", jsonSchema: JSON.parse(JSON.stringify(schema)) });
      return EXIT.done;
    },
  };
}
