import { EXIT } from "./app.ts";
import type { Verb } from "./verb.ts";

/** `migrate`: the warehouse schema up to date, after a backup; every verb that needs it does the same by itself. */
export function migrateVerb(): Verb {
  return {
    name: "migrate",
    summary: "bring the warehouse schema up to date after a backup",
    examples: ["scorekeeper migrate", "scorekeeper migrate --json"],
    run: async ({ app, output }) => {
      const { applied, backup } = await (await app()).migrate();
      output.print(applied.length === 0 ? "The warehouse is up to date." : `Brought up to date: ${applied.join(", ")}.`);
      if (backup !== null) output.print(`The state before is in ${backup}.`);
      output.document({ schema: "scorekeeper.migrate/1", applied, backup });
      return EXIT.done;
    },
  };
}
