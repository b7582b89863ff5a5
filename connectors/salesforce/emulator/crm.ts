import type { CrmStart, SandboxCrm } from "#sandbox/sandbox.ts";
import { startSalesforce } from "./index.ts";

/** More calls a day than any benchmark makes. */
const UNLIMITED = 1_000_000_000;

/** Real orgs show a change one to three seconds after its stamp. */
const LAG_MS = 2_000;

/** As the sandbox starts it: an org that is signed in to with client credentials. */
export async function salesforceCrm(options: CrmStart): Promise<SandboxCrm> {
  const { world, clock, latencyMs, port } = options;
  const emulator = await startSalesforce({
    world,
    clock,
    latencyMs,
    port,
    visibleAfterMs: LAG_MS,
    ...(options.limited ? {} : { dailyCalls: UNLIMITED }),
  });
  const { clientId, clientSecret } = emulator.auth;
  return {
    crm: "salesforce",
    url: emulator.url,
    host: emulator.host,
    connection: { type: "salesforce", auth: { kind: "client-credentials", clientId, clientSecret }, loginUrl: emulator.url },
    catchUp: emulator.catchUp,
    close: emulator.close,
  };
}
