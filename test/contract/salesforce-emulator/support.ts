import { Connection } from "jsforce";
import { onTestFinished } from "vitest";
import { type SalesforceEmulator, type SalesforceOptions, startSalesforce } from "#connectors/salesforce/emulator/index.ts";
import type { Instant } from "#core/time/instant.ts";
import { type SandboxClock, sandboxClock } from "#sandbox/clock.ts";
import { makeWorld } from "#sandbox/world.ts";

export const NOW = "2026-06-30T12:00:00.000Z" as Instant;

export interface Sandbox extends SalesforceEmulator {
  readonly clock: SandboxClock;
  /** A raw call with a session; JSON in and out. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; headers: Headers; json: Json }>;
  query(soql: string): Promise<Json>;
}
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely here
export type Json = any;

/** A small org, ended with the test. */
export async function sandbox(options: Partial<SalesforceOptions> & { readonly deals?: number } = {}): Promise<Sandbox> {
  const clock = sandboxClock(NOW);
  const world = makeWorld({ anchor: NOW, deals: options.deals ?? 60, activitiesPerDeal: 4, layout: "two" });
  const emulator = await startSalesforce({ world, clock, ...options });
  onTestFinished(() => emulator.close());
  const token = (await login(emulator)).access_token;
  const call: Sandbox["call"] = async (method, path, body, headers = {}) => {
    const url = path.startsWith("/services") ? `${emulator.url}${path}` : `${emulator.url}/services/data/v62.0${path}`;
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, json: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  };
  const query = async (soql: string): Promise<Json> => (await call("GET", `/query?q=${encodeURIComponent(soql)}`)).json;
  return { ...emulator, clock, call, query };
}

export async function login(emulator: SalesforceEmulator, form: Readonly<Record<string, string>> = {}): Promise<Json> {
  const { clientId, clientSecret } = emulator.auth;
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, ...form });
  return (await fetch(`${emulator.url}/services/oauth2/token`, { method: "POST", body })).json();
}

/** The real SDK on the org. */
export async function connected(emulator: SalesforceEmulator): Promise<Connection> {
  const { clientId, clientSecret } = emulator.auth;
  const connection = new Connection({
    version: "62.0",
    instanceUrl: emulator.url,
    oauth2: { loginUrl: emulator.url, clientId, clientSecret },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  return connection;
}
