import { alertsVerb } from "./alerts.ts";
import { configVerb } from "./config.ts";
import { demoVerb } from "./demo.ts";
import { errorsVerb } from "./errors.ts";
import { explainVerb } from "./explain.ts";
import { initVerb } from "./init.ts";
import { mailVerb } from "./mail.ts";
import { measureVerb } from "./measure.ts";
import { metricsVerb } from "./metrics.ts";
import { migrateVerb } from "./migrate.ts";
import { reconcileVerb } from "./reconcile.ts";
import { runVerb } from "./run.ts";
import { runsVerb } from "./runs.ts";
import { statusVerb } from "./status.ts";
import { syncVerb } from "./sync.ts";
import type { Verb } from "./verb.ts";
import { writebackVerb } from "./writeback.ts";

/** Every verb, in the order of --help: one line per file. */
export const VERBS: readonly Verb[] = [
  // set up
  demoVerb(),
  initVerb(),
  configVerb(),
  migrateVerb(),
  // read
  syncVerb(),
  reconcileVerb(),
  // know
  measureVerb(),
  metricsVerb(),
  explainVerb(),
  // act
  writebackVerb(),
  alertsVerb(),
  mailVerb(),
  // look after
  runVerb(),
  statusVerb(),
  runsVerb(),
  errorsVerb(),
];
