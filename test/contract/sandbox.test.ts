import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { emulators } from "#connectors/emulators.ts";
import { connectors } from "#connectors/index.ts";
import type { Instant } from "#core/time/instant.ts";
import { startSandbox } from "#sandbox/sandbox.ts";

const AT = "2026-06-30T12:00:00.000Z" as Instant;
const DAY_MS = 86_400_000;

test("the sandbox shows one company in every CRM there is an emulator of, and lets it live on", async () => {
  const sandbox = await startSandbox({ start: emulators, at: AT, world: { deals: 200 } });
  onTestFinished(() => sandbox.close());
  expect(sandbox.crms.map((crm) => crm.crm)).toEqual(Object.keys(emulators));
  for (const crm of sandbox.crms) {
    expect(crm.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { type, ...settings } = crm.connection;
    expect(type).toBe(crm.crm);
    expect(() => connectors[crm.crm]?.settings.parse(settings)).not.toThrow();
    expect(JSON.stringify(settings)).toContain(crm.url);
  }
  sandbox.advance(DAY_MS);
  expect(sandbox.clock.now()).toBe("2026-07-01T12:00:00.000Z");
});

test("the sandbox also runs in a process of its own and says where", async () => {
  const child = spawn(process.execPath, ["src/dev/sandbox-server.ts", "--crm", "hubspot", "--deals", "50", "--latency", "20"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = await new Promise<[string]>((resolve) => createInterface({ input: child.stdout }).once("line", (text) => resolve([text])));
  const { url, connection } = JSON.parse(line);
  const started = performance.now();
  const answer = await fetch(`${url}/crm/objects/2026-03/deals?limit=5`, { headers: { authorization: `Bearer ${connection.auth.token}` } });
  expect(answer.status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(15);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
