// Started as a process of its own: brings the schema of the address up to date and prints how many migrations it ran.
import { systemClock } from "#core/clock.ts";
import { silentLog } from "#core/log.ts";
import { migrateWarehouse } from "#warehouse/migrate.ts";

const report = await migrateWarehouse({ url: process.argv[2] ?? "", clock: systemClock(), log: silentLog });
process.stdout.write(String(report.applied.length));
