import type { Migration } from "kysely/migration";
import * as m0001 from "./0001_init.ts";
import * as m0002 from "./0002_metrics.ts";
import * as m0003 from "./0003_alerts.ts";
import * as m0004 from "./0004_writeback.ts";
import * as m0005 from "./0005_reconcile.ts";

/** Every migration by name, in order: a static list, so that a packaged build needs no directory scan. Forward only. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001_init": m0001,
  "0002_metrics": m0002,
  "0003_alerts": m0003,
  "0004_writeback": m0004,
  "0005_reconcile": m0005,
};
