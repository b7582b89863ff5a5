import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SalesforceEmulator, type SalesforceOptions, startSalesforce } from "#connectors/salesforce/emulator/index.ts";
import { salesforce } from "#connectors/salesforce/index.ts";
import type { Connector } from "#core/connector.ts";
import { silentLog } from "#core/log.ts";
import { seededRng } from "#core/rng.ts";
import type { Instant } from "#core/time/instant.ts";
import { type SandboxClock, sandboxClock } from "#sandbox/clock.ts";
import { makeWorld, type World } from "#sandbox/world.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { organization } from "../../support/organization.ts";

export const NOW = "2026-06-30T12:00:00.000Z" as Instant;

export interface Org {
  readonly emulator: SalesforceEmulator;
  readonly clock: SandboxClock;
  readonly world: World;
  /** A connector as a fresh process would open it, on a host whose clock is another one. */
  open(settings?: object): Connector;
}

/** A small company in an org of its own. */
export async function startOrg(options: Partial<SalesforceOptions> & { readonly deals?: number } = {}): Promise<Org> {
  const clock = sandboxClock(NOW);
  const world = makeWorld({ anchor: NOW, deals: options.deals ?? 60, activitiesPerDeal: 4, layout: "two" });
  const emulator = await startSalesforce({ world, clock, ...options });
  const directory = mkdtempSync(join(tmpdir(), "scorekeeper-contract-sf-"));
  return { emulator, clock, world, open: (settings) => connect(emulator, directory, settings) };
}

function connect(emulator: SalesforceEmulator, directory: string, settings: object = {}): Connector {
  const { clientId, clientSecret } = emulator.auth;
  const auth = { kind: "client-credentials", clientId, clientSecret };
  const parsed = salesforce.settings.parse({ auth, loginUrl: emulator.url, ...settings });
  const clock = manualClock({ auto: true, start: "2026-06-28T00:00:00.000Z" });
  return salesforce.open(parsed, { connectionId: "sf", organization: organization(), directory, clock, rng: seededRng(1), log: silentLog });
}

/** A call as any client of the org makes it, with a session of its own. */
export async function restCall({ emulator }: Org, method: string, path: string, body?: object): Promise<{ records: { Id: string }[] }> {
  const { clientId, clientSecret } = emulator.auth;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret });
  const login = await fetch(`${emulator.url}/services/oauth2/token`, { method: "POST", body: form });
  const { access_token: token } = JSON.parse(await login.text());
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const response = await fetch(`${emulator.url}/services/data/v66.0${path}`, sent);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? { records: [] } : JSON.parse(text);
}
