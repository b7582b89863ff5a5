import { parseArgs } from "node:util";
import { emulators } from "#connectors/emulators.ts";
import { systemClock } from "#core/clock.ts";
import { parseInstant } from "#core/time/instant.ts";
import { startSandbox } from "#sandbox/sandbox.ts";

/** One CRM of the sandbox in a process of its own, for benchmarks: prints `{"url", "connection"}` as one line and serves until told to end. */
const { values } = parseArgs({
  options: {
    crm: { type: "string", default: "hubspot" },
    deals: { type: "string", default: "800" },
    activities: { type: "string", default: "5" },
    latency: { type: "string", default: "0" },
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "7" },
    at: { type: "string" },
    unlimited: { type: "boolean", default: false },
  },
});

const clock = systemClock();
const start = emulators[values.crm];
const at = values.at === undefined ? clock.now() : parseInstant(values.at);
if (start === undefined || at === null) {
  console.error(`--crm is one of ${Object.keys(emulators).join(", ")}; --at is an instant such as 2026-06-30T12:00:00Z.`);
  process.exit(2);
}

const sandbox = await startSandbox({
  start: { [values.crm]: start },
  at,
  ticking: clock,
  latencyMs: Number(values.latency),
  port: Number(values.port),
  limited: !values.unlimited,
  world: {
    seed: Number(values.seed),
    deals: Number(values.deals),
    activitiesPerDeal: Number(values.activities),
    // Everything into the one CRM that is served.
    layout: values.crm === "salesforce" ? "two" : "one",
  },
});
const [crm] = sandbox.crms;
console.log(JSON.stringify({ url: crm?.url, connection: crm?.connection }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void sandbox.close().then(() => process.exit(0)));
