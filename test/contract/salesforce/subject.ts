import type { Recovery } from "#core/errors.ts";
import type { FieldSpec, WriteItem } from "#core/writeback.ts";
import { answer, emptyAnswer, type FaultEffect, gatewayError, htmlPage } from "#sandbox/faults.ts";
import type { ContractSubject, Source, WireFault } from "../harness.ts";
import { type Org, restCall, startOrg } from "./support.ts";

/** Longer than settling and the pace of the emulator's stamps together. */
const SETTLED_MS = 900_000;

/** A small org behind the real SDK; the host's clock stands two days behind Salesforce's. */
export const salesforceSubject: ContractSubject = {
  crm: "salesforce",
  start: async () => {
    const org = await startOrg({ deals: 450 });
    const ids = await dealIds(org);
    const at = (index: number): string => ids[index] ?? "";
    const source: Source = {
      open: () => org.open({ deadlineMs: 2_000 }),
      settle: async () => org.clock.advance(SETTLED_MS),
      touch: async () => {
        org.emulator.edit("Opportunity", at(17), { Amount: 123_456.78 });
        return { stream: "deals", type: "deal", id: at(17) };
      },
      remove: async () => {
        await restCall(org, "DELETE", `/sobjects/Opportunity/${at(23)}`);
        return { stream: "deals", type: "deal", id: at(23) };
      },
      faults: FAULTS.map(([name, recovery, effect]) => wireFault(org, name, recovery, effect)),
      writing: {
        prepare: async (connector) => {
          await connector.writer?.ensureFields([STUCK_SINCE], { dryRun: false, signal: new AbortController().signal });
        },
        good: (count) => ids.slice(0, count).map(item),
        bad: () => item("0065g0000000000AAA"),
      },
      stop: () => org.emulator.close(),
    };
    return source;
  },
};

async function dealIds(org: Org): Promise<readonly string[]> {
  const { records } = await restCall(org, "GET", `/query?q=${encodeURIComponent("SELECT Id FROM Opportunity ORDER BY Id LIMIT 50")}`);
  return records.map(({ Id }) => Id);
}

const STUCK_SINCE: FieldSpec = {
  target: "deal",
  name: "stuck_since",
  label: "Stuck since",
  description: "Since when the deal stands longer than is usual.",
  type: "date",
};

const item = (id: string): WriteItem => ({ target: "deal", id, values: { stuck_since: "2026-05-03" } });

const json = { "content-type": "application/json;charset=UTF-8" };
const refusal = (status: number, errorCode: string, message = "no"): FaultEffect =>
  answer(status, json, JSON.stringify([{ errorCode, message }]));

const FAULTS: readonly (readonly [string, Recovery, FaultEffect])[] = [
  ["a session that is refused", "reauth", refusal(401, "INVALID_SESSION_ID")],
  ["a missing right", "configure", refusal(403, "INSUFFICIENT_ACCESS")],
  ["an API that is switched off", "configure", refusal(403, "API_DISABLED_FOR_ORG")],
  ["the daily limit", "wait", refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")],
  ["too many long requests", "retry", refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.")],
  ["an error that is not in the table", "abort", refusal(400, "SOMETHING_NEW")],
  ["a gateway that is down", "retry", gatewayError(503)],
  ["maintenance", "wait", answer(503, { "content-type": "text/html" }, "<html></html>")],
  ["a maintenance page under 200", "retry", htmlPage()],
  ["an empty answer under 200", "retry", emptyAnswer()],
  ["a body that breaks off", "retry", { kind: "cut", at: 0.5 }],
  ["a body torn without a word", "retry", { kind: "torn", at: 0.5 }],
  ["a reset", "retry", { kind: "reset", when: "before" }],
  ["no answer", "retry", { kind: "stall", when: "before" }],
];

/** Logins go on working: what is wrong is wrong with the API. */
function wireFault({ emulator }: Org, name: string, recovery: Recovery, effect: FaultEffect): WireFault {
  const path = "/services/data";
  return { name, recovery, arm: () => emulator.host.faults.add({ path, effect }), disarm: () => emulator.host.faults.clear() };
}
