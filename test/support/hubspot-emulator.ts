import { Client } from "@hubspot/api-client";
import { onTestFinished } from "vitest";
import {
  DEFAULT_TOKEN,
  type HubspotEmulator,
  type HubspotEmulatorOptions,
  startHubspotEmulator,
} from "#connectors/hubspot/emulator/index.ts";
import type { Instant } from "#core/time/instant.ts";
import { type SandboxClock, sandboxClock } from "#sandbox/clock.ts";
import { makeWorld, type World, type WorldOptions } from "#sandbox/world.ts";

export const ANCHOR = "2026-06-30T12:00:00.000Z" as Instant;

/** An answer's body: its shape is what the test states. */
// biome-ignore lint/suspicious/noExplicitAny: typing each answer would repeat the assertions below it
export type Loose = any;

export interface Started {
  readonly emulator: HubspotEmulator;
  readonly client: Client;
  readonly clock: SandboxClock;
  readonly world: World;
  /** Raw HTTP with the token; JSON in and out. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; headers: Headers; body: Loose }>;
}

/** A small portal with the real SDK pointed at it; closed when the test ends. Limits are off unless asked for. */
export async function startPortal(
  options: Partial<HubspotEmulatorOptions> & { readonly worldOptions?: Partial<WorldOptions> } = {},
): Promise<Started> {
  const world = makeWorld({ anchor: ANCHOR, deals: 120, ...options.worldOptions });
  const clock = sandboxClock(ANCHOR);
  const emulator = await startHubspotEmulator({ world, clock, limits: null, ...options });
  onTestFinished(() => emulator.close());
  const client = new Client({ accessToken: DEFAULT_TOKEN, basePath: emulator.url });
  const call: Started["call"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  return { emulator, client, clock, world, call };
}
