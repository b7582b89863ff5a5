import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Instant } from "#core/time/instant.ts";
import { sandboxClock } from "#sandbox/clock.ts";
import { emptyAnswer, gatewayError, htmlPage } from "#sandbox/faults.ts";
import { type Host, startHost } from "#sandbox/host.ts";
import { jsonReply, route, router, textReply } from "#sandbox/http.ts";

const clock = sandboxClock("2026-06-30T12:00:00.000Z" as Instant);
let calls = 0;
let host: Host;
beforeEach(async () => {
  calls = 0;
  const handler = router(
    [
      route("GET", "/page", (request) => jsonReply(200, { after: request.query.get("after"), call: ++calls })),
      route("POST", "/things/:id", (request, { id }) => jsonReply(201, { id, got: JSON.parse(request.body) })),
      route("GET", "/broken", () => {
        throw new Error("on purpose");
      }),
    ],
    () => textReply(404, "nothing here"),
  );
  host = await startHost({ clock, handler });
});
afterEach(() => host.close());

const page = async (after = "1"): Promise<unknown> => (await fetch(`${host.url}/page?after=${after}`)).json();

describe("a host", () => {
  test("routes by method and path, decodes parameters", async () => {
    const made = await fetch(`${host.url}/things/a%2Fb`, { method: "POST", body: JSON.stringify({ x: "ż" }) });
    expect([made.status, await made.json()]).toEqual([201, { id: "a/b", got: { x: "ż" } }]);
    expect((await fetch(`${host.url}/things/1`)).status).toBe(405);
    expect((await fetch(`${host.url}/else`)).status).toBe(404);
  });

  test("shows its own time", async () => {
    const before = (await fetch(`${host.url}/page`)).headers.get("date");
    clock.advance(3_600_000);
    const after = (await fetch(`${host.url}/page`)).headers.get("date");
    expect([before, after]).toEqual(["Tue, 30 Jun 2026 12:00:00 GMT", "Tue, 30 Jun 2026 13:00:00 GMT"]);
  });

  test("logs and counts what came in, and answers 500 when a handler throws", async () => {
    await page();
    expect((await fetch(`${host.url}/broken`)).status).toBe(500);
    expect(host.log.map((each) => [each.method, each.path, each.query, each.status])).toEqual([
      ["GET", "/page", "after=1", 200],
      ["GET", "/broken", "", 500],
    ]);
    expect(host.counts.requests).toBe(2);
  });

  test("adds latency and sees how many requests run at once", async () => {
    host.setLatency(30);
    await Promise.all([page(), page(), page()]);
    expect(host.counts.mostInFlight).toBe(3);
  });
});

describe("faults", () => {
  test("hit what they match, after as many as told, as often as told", async () => {
    host.faults.add({ method: "GET", path: "/page", after: 1, times: 2, effect: gatewayError(503, 7) });
    const statuses: number[] = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await fetch(`${host.url}/page`)).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(calls).toBe(3);
    expect(host.faults.unused).toBe(0);
  });

  test("are known when they were never used", () => {
    host.faults.add({ path: "/never", times: 1, effect: gatewayError(502) });
    expect(host.faults.unused).toBe(1);
    host.faults.clear();
    expect(host.faults.unused).toBe(0);
  });

  test("an HTML page and an empty body under 200", async () => {
    host.faults.add({ times: 1, effect: htmlPage() }, { times: 1, effect: emptyAnswer() });
    expect(await (await fetch(`${host.url}/page`)).text()).toContain("<html>");
    const empty = await fetch(`${host.url}/page`);
    expect([empty.status, await empty.text()]).toEqual([200, ""]);
  });

  test("a reset before leaves the work undone, a reset after does it unseen", async () => {
    host.faults.add({ times: 1, effect: { kind: "reset", when: "before" } });
    await expect(page()).rejects.toThrow();
    expect(calls).toBe(0);
    host.faults.add({ times: 1, effect: { kind: "reset", when: "after" } });
    await expect(page()).rejects.toThrow();
    expect(calls).toBe(1);
  });

  test("a cut body is an error, a torn one looks whole", async () => {
    host.faults.add({ times: 1, effect: { kind: "cut", at: 0.5 } });
    await expect(page()).rejects.toThrow();
    host.faults.add({ times: 1, effect: { kind: "torn", at: 5 } });
    expect(await (await fetch(`${host.url}/page`)).text()).toBe('{"aft');
  });

  test("a page comes again, or changed", async () => {
    const first = await page("1");
    host.faults.add({ times: 1, effect: { kind: "repeat" } });
    expect(await page("2")).toEqual(first);
    host.faults.add({ times: 1, effect: { kind: "edit", edit: (reply) => ({ ...reply, body: reply.body.replace("3", "4") }) } });
    expect(await page("3")).toEqual({ after: "4", call: 2 });
  });

  test("a stalled answer ends with its reader's patience and does not hold up closing", async () => {
    host.faults.add({ times: 1, effect: { kind: "stall", when: "before" } }, { times: 1, effect: { kind: "stall", when: "body" } });
    await expect(fetch(`${host.url}/page`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    const half = await fetch(`${host.url}/page`);
    expect(half.status).toBe(200);
    const body = half.text();
    await host.close();
    await expect(body).rejects.toThrow();
  });
});
