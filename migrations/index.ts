import type { Migration } from "kysely/migration";
import * as m0001 from "./0001_init.ts";
import * as m0005 from "./0005_reconcile.ts";

/** Every migration by name, in order: a static list, so that a packaged build needs no directory scan. Forward only. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001_init": m0001,
  "0005_reconcile": m0005,
};
