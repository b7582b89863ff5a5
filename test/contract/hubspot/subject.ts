import { DEFAULT_TOKEN, type HubspotEmulator, startHubspotEmulator } from "#connectors/hubspot/emulator/index.ts";
import { hubspot } from "#connectors/hubspot/index.ts";
import type { Connector } from "#core/connector.ts";
import type { Recovery } from "#core/errors.ts";
import { silentLog } from "#core/log.ts";
import { seededRng } from "#core/rng.ts";
import type { Instant } from "#core/time/instant.ts";
import type { FieldSpec, WriteItem } from "#core/writeback.ts";
import { sandboxClock } from "#sandbox/clock.ts";
import { answer, emptyAnswer, type FaultEffect, gatewayError, htmlPage } from "#sandbox/faults.ts";
import { makeWorld } from "#sandbox/world.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";
import { organization } from "../../support/organization.ts";
import type { ContractSubject, Source, WireFault } from "../harness.ts";

const ANCHOR = "2026-06-30T12:00:00.000Z" as Instant;
/** Longer than index lag and settle time together. */
const SETTLED_MS = 180_000;
const OBJECTS = "/crm/objects/2026-03/deals";
/** A second of the emulator's Date header and what the host's clock is apart from it: nothing may depend on it. */
const HOST_AHEAD_MS = 86_400_000;

/** A small portal behind the real SDK; the host's clock stands a day ahead of HubSpot's. */
export const hubspotSubject: ContractSubject = {
  crm: "hubspot",
  start: async () => {
    const clock = sandboxClock(ANCHOR);
    const emulator = await startHubspotEmulator({ world: makeWorld({ anchor: ANCHOR, deals: 300 }), clock, limits: null });
    const ids = await dealIds(emulator);
    const at = (index: number): string => ids[index] ?? "";
    const source: Source = {
      open: () => openOn(emulator),
      settle: async () => clock.advance(SETTLED_MS),
      touch: async () => {
        await call(emulator, "PATCH", `${OBJECTS}/${at(17)}`, { properties: { amount: "123456.78" } });
        return { stream: "deals", type: "deal", id: at(17) };
      },
      remove: async () => {
        clock.advance(1000);
        await call(emulator, "DELETE", `${OBJECTS}/${at(23)}`);
        return { stream: "deals", type: "deal", id: at(23) };
      },
      faults: FAULTS.map(([name, recovery, effect]) => wireFault(emulator, name, recovery, effect)),
      writing: {
        prepare: async (connector) => {
          const signal = new AbortController().signal;
          await connector.writer?.ensureFields([STUCK_SINCE], { dryRun: false, signal });
        },
        good: (count) => ids.slice(0, count).map(item),
        bad: () => item("999999999999"),
      },
      stop: () => emulator.close(),
    };
    return source;
  },
};

/** A clock on which waits take no time, a day ahead of HubSpot's. */
export function hostClock(): ManualClock {
  return manualClock({ start: new Date(Date.parse(ANCHOR) + HOST_AHEAD_MS).toISOString(), auto: true });
}

export function openOn(emulator: HubspotEmulator, settings: object = {}, clock = hostClock()): Connector {
  const checked = hubspot.settings.parse({
    auth: { kind: "token", token: DEFAULT_TOKEN },
    baseUrl: emulator.url,
    // Deleted records are looked for with every reading, so that a test need not wait for its turn.
    reads: { archivedEveryHours: 0, deadlineSeconds: 2 },
    ...settings,
  });
  return hubspot.open(checked, {
    connectionId: "hs",
    organization: organization(),
    directory: "/nowhere",
    clock,
    rng: seededRng(1),
    log: silentLog,
  });
}

const STUCK_SINCE: FieldSpec = {
  target: "deal",
  name: "stuck_since",
  label: "Stuck since",
  description: "Since when the deal stands longer than is usual.",
  type: "date",
};

const item = (id: string): WriteItem => ({ target: "deal", id, values: { stuck_since: "2026-05-03" } });

const json = { "content-type": "application/json" };

const FAULTS: readonly (readonly [string, Recovery, FaultEffect])[] = [
  ["a token that is refused", "reauth", answer(401, json, '{"status":"error","category":"INVALID_AUTHENTICATION","message":"no"}')],
  ["a missing scope", "configure", answer(403, json, '{"status":"error","category":"MISSING_SCOPES","message":"no"}')],
  ["a request that is invalid", "abort", answer(400, json, '{"status":"error","category":"VALIDATION_ERROR","message":"no"}')],
  ["a burst limit", "retry", answer(429, json, '{"errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}')],
  ["the daily limit", "wait", answer(429, json, '{"errorType":"RATE_LIMIT","policyName":"DAILY"}')],
  ["a portal on the move", "wait", answer(477, { ...json, "retry-after": "60" }, "")],
  ["a gateway that is down", "retry", gatewayError(503)],
  ["a maintenance page under 200", "retry", htmlPage()],
  ["an empty answer under 200", "retry", emptyAnswer()],
  ["a body that breaks off", "retry", { kind: "cut", at: 0.5 }],
  ["a body torn without a word", "retry", { kind: "torn", at: 0.5 }],
  ["a reset", "retry", { kind: "reset", when: "before" }],
];

function wireFault(emulator: HubspotEmulator, name: string, recovery: Recovery, effect: FaultEffect): WireFault {
  return { name, recovery, arm: () => emulator.host.faults.add({ effect }), disarm: () => emulator.host.faults.clear() };
}

async function dealIds(emulator: HubspotEmulator): Promise<readonly string[]> {
  const { results } = await call(emulator, "GET", `${OBJECTS}?limit=100`);
  return results.map(({ id }) => id);
}

async function call(emulator: HubspotEmulator, method: string, path: string, body?: object): Promise<{ results: { id: string }[] }> {
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  const text = await response.text();
  return text === "" ? { results: [] } : JSON.parse(text);
}
