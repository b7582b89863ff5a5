import { beforeEach, describe, expect, test } from "vitest";
import { setAlertMode } from "#alerts/mode.ts";
import { evaluateAlerts, previewAlerts } from "#alerts/run-alerts.ts";
import type { AlertSettings } from "#alerts/settings.ts";
import type { MailContent } from "#mail/content.ts";
import type { DealPace } from "#metrics/deal-pace.ts";
import type { DealsTable } from "#warehouse/schema/deals.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { alertDeps, putPeople, putSync } from "../../support/alerts.ts";
import { eachDatabase } from "../../support/databases.ts";
import { deliveries } from "../../support/mail.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";
import { pace } from "../../support/paces.ts";

const HOUR = 3_600_000;

/** A deal's row; only what a test names matters. */
function sampleRow(change: { readonly source_id: string; readonly next_step: string }): DealsTable {
  return {
    ...{ connection_id: "hs", source_updated_at: null, content_hash: "h", first_seen_at: "t", changed_seen_at: "t", deleted_seen_at: null },
    ...{
      name: null,
      owner_id: null,
      account_id: null,
      product_id: null,
      pipeline_id: "p",
      stage_id: "s",
      crm_outcome: null,
      outcome: "open",
    },
    ...{ amount_raw: null, currency: "EUR", amount_minor: null, created_at: null, created_day: null, closed_at: null, close_day: null },
    ...{ forecast_category: null, probability: null, source: null, segment: null, territory_id: null, loss_reason: null, dimensions: "{}" },
    ...{ stage_entered_at: null, stage_closed_at: null, reopen_count: 0, born_closed: 0, merged_into: null },
    ...change,
  };
}
const DAY = 24 * HOUR;

eachDatabase((_name, open) => {
  let warehouse: Warehouse;
  let clock: ManualClock;
  let paces: readonly DealPace[];
  const run = (options: { notifyExisting?: boolean; when?: "now" | "scheduled" } = {}, settings: Partial<AlertSettings> = {}) =>
    evaluateAlerts(
      alertDeps(warehouse, clock, () => paces, settings),
      { when: "now", notifyExisting: false, ...options },
    );
  const mails = async () =>
    (await deliveries(warehouse)).map((row) => {
      const content: MailContent = JSON.parse(row.content);
      const deals = content.template === "stuck_deals" ? content.deals.map((deal) => `${deal.name} ${deal.why}`) : [content.template];
      return { to: row.recipient, for: row.intended_for, mode: row.mode, deals };
    });
  const goLive = () => warehouse.write((tx) => setAlertMode(tx, "live", "pat", clock.now()));
  const nextDay = async () => {
    await clock.advance(DAY);
    await putSync(warehouse, clock.now());
  };

  beforeEach(async () => {
    warehouse = await open();
    // A Tuesday, 08:30 in Warsaw.
    clock = manualClock({ start: "2026-06-02T06:30:00.000Z" });
    paces = [pace({ dealId: "old", name: "Old" }), pace({ dealId: "young", name: "Young", daysInStage: 5 })];
    await putPeople(warehouse, [
      { id: "ann@acme.example", manager: "mia@acme.example" },
      { id: "bob@acme.example", manager: "max@acme.example" },
      { id: "mia@acme.example" },
      { id: "max@acme.example" },
    ]);
    await putSync(warehouse, clock.now());
  });

  test("the first run takes a baseline; later only what is new is told, once", async () => {
    await goLive();
    await run();
    expect(await mails()).toEqual([]);
    paces = [pace({ dealId: "old", name: "Old", daysInStage: 31 }), pace({ dealId: "young", name: "Young", daysInStage: 29 })];
    await nextDay();
    await run();
    await run();
    await nextDay();
    await run();
    expect(await mails()).toEqual([{ to: "mia@acme.example", for: null, mode: "live", deals: ["Young first"] }]);
  });

  test("--notify-existing tells of what fires already, and only once", async () => {
    await goLive();
    await run();
    await run({ notifyExisting: true });
    await run({ notifyExisting: true });
    expect(await mails()).toEqual([{ to: "mia@acme.example", for: null, mode: "live", deals: ["Old existing"] }]);
  });

  test("in preview operations get each manager's mail, and going live does not repeat what was shown", async () => {
    await run({ notifyExisting: true });
    expect(await mails()).toEqual([{ to: "ops@acme.example", for: "mia@acme.example", mode: "preview", deals: ["Old existing"] }]);
    await clock.advance(HOUR);
    await goLive();
    await run();
    expect(await mails()).toHaveLength(1);
    await run({ notifyExisting: true });
    expect((await mails()).at(-1)).toEqual({ to: "mia@acme.example", for: null, mode: "live", deals: ["Old existing"] });
  });

  test("in preview without an operations address nothing is sent, only shown", async () => {
    const mail = { from: "s@acme.example", replyAddress: null, operations: null };
    const decision = await run({ notifyExisting: true }, { mail });
    expect(await mails()).toEqual([]);
    expect(decision.digests.digests.map((digest) => [digest.meantFor, digest.order])).toEqual([["mia@acme.example", null]]);
  });

  test("mode: preview in the configuration wins over go-live", async () => {
    await goLive();
    await run({ notifyExisting: true }, { mode: "preview" });
    expect((await mails())[0]).toMatchObject({ to: "ops@acme.example", mode: "preview" });
  });

  test("each manager gets the deals of their own people only", async () => {
    await goLive();
    paces = Array.from({ length: 30 }, (_, index) =>
      pace({ dealId: `d${index}`, name: `D${index}`, ownerPersonId: index % 3 === 0 ? "bob@acme.example" : "ann@acme.example" }),
    );
    await run({ notifyExisting: true });
    const found = await mails();
    expect(found.map((mail) => mail.to)).toEqual(["max@acme.example", "mia@acme.example"]);
    expect(found[0]?.deals).toHaveLength(10);
    expect(found[0]?.deals.every((deal: string) => Number(/\d+/.exec(String(deal))?.[0]) % 3 === 0)).toBe(true);
    expect(found[1]?.deals).toHaveLength(20);
  });

  test("deals without a manager go to operations", async () => {
    await goLive();
    paces = [pace({ dealId: "1", ownerPersonId: "mia@acme.example" }), pace({ dealId: "2", ownerPersonId: null })];
    await run({ notifyExisting: true });
    expect(await mails()).toEqual([{ to: "ops@acme.example", for: null, mode: "live", deals: ["Deal 1 existing", "Deal 1 existing"] }]);
  });

  test("what is over before anybody was told is not told; what was told is named as over in the next digest", async () => {
    await goLive();
    await run({ notifyExisting: true });
    paces = [pace({ dealId: "young", name: "Young", daysInStage: 29 })];
    await nextDay();
    await run();
    const rows = await deliveries(warehouse);
    expect(rows).toHaveLength(2);
    expect(JSON.parse(rows[1]!.content)).toMatchObject({ total: 1, resolved: ["Old"] });
    paces = [];
    await nextDay();
    await run();
    expect(await deliveries(warehouse)).toHaveLength(2);
  });

  test("scheduled: told at the next digest time of the recipient's own zone", async () => {
    await goLive();
    await run({ when: "scheduled" });
    paces = [pace({ dealId: "young", name: "Young", daysInStage: 29 })];
    // 23:30 in Warsaw: the digest of this day is over.
    await clock.advance(15 * HOUR);
    await putSync(warehouse, clock.now());
    await run({ when: "scheduled" });
    await clock.advance(8 * HOUR);
    await run({ when: "scheduled" });
    expect(await mails()).toEqual([]);
    await clock.advance(HOUR / 2);
    await run({ when: "scheduled" });
    expect(await mails()).toHaveLength(1);
  });

  test("a reminder comes after so many business days, not before", async () => {
    await goLive();
    await run({ notifyExisting: true }, { remindAfterDays: 3 });
    for (let day = 0; day < 6; day += 1) {
      await nextDay();
      await run({}, { remindAfterDays: 3 });
    }
    // Told on Tuesday; Wednesday, Thursday, Friday are three business days; the weekend counts none.
    expect((await mails()).map((mail) => mail.deals)).toEqual([["Old existing"], ["Old reminder"]]);
  });

  describe("data that can't be relied on", () => {
    test("a failed sync mutes its deals and tells operations, once, until it works again", async () => {
      await goLive();
      await run();
      paces = [pace({ dealId: "young", name: "Young", daysInStage: 29 })];
      await clock.advance(HOUR);
      await putSync(warehouse, clock.now(), "failed");
      await run();
      await run();
      const rows = await deliveries(warehouse);
      expect(rows.map((row) => row.template)).toEqual(["operations"]);
      expect(JSON.parse(rows[0]!.content).lines).toMatchObject([{ what: "operations.sync_failed", values: { connection: "hs" } }]);
      await clock.advance(HOUR);
      await putSync(warehouse, clock.now());
      await run();
      expect((await deliveries(warehouse)).map((row) => row.template)).toEqual(["operations", "stuck_deals"]);
    });

    test("old data count as no data", async () => {
      await goLive();
      await run();
      await clock.advance(27 * HOUR);
      paces = [];
      await run();
      expect((await deliveries(warehouse)).map((row) => JSON.parse(row.content).lines?.[0]?.what)).toEqual(["operations.sync_stale"]);
      const states = await warehouse.read((db) =>
        db.selectFrom("alert_states").select(["subject_id", "state"]).orderBy("subject_id").execute(),
      );
      expect(states).toContainEqual({ subject_id: "hs:old", state: "firing" });
    });

    test("a connection that joins later, or was broken at first, takes its own baseline", async () => {
      await goLive();
      const both = { connectionIds: ["hs", "sf"] };
      paces = [pace({ dealId: "1" }), pace({ connectionId: "sf", dealId: "2" })];
      await putSync(warehouse, clock.now(), "failed", "sf");
      await run({}, both);
      await clock.advance(HOUR);
      await putSync(warehouse, clock.now(), "ok", "sf");
      await run({}, both);
      expect((await deliveries(warehouse)).filter((row) => row.template === "stuck_deals")).toEqual([]);
    });

    test("a rule that fails is told to operations", async () => {
      await goLive();
      const deps = { ...alertDeps(warehouse, clock, () => paces), loadPaces: () => Promise.reject(new Error("no such column")) };
      await evaluateAlerts(deps, { when: "now", notifyExisting: false });
      await evaluateAlerts(deps, { when: "now", notifyExisting: false });
      const rows = await deliveries(warehouse);
      expect(rows.map((row) => JSON.parse(row.content).lines)).toMatchObject([
        [{ what: "operations.rule_error", values: { rule: "stale_deal", error: "no such column" } }],
      ]);
    });
  });

  test("a stricter rule takes a new baseline instead of mailing the past", async () => {
    await goLive();
    await run();
    paces = [pace({ dealId: "young", name: "Young", daysInStage: 29 })];
    await run(
      {},
      { staleDeal: { id: "stale_deal", multiplier: 1.5, minimumDays: 7, clearShare: 0.8, criticalLimits: 2, minimumAmount: null } },
    );
    expect(await mails()).toEqual([]);
  });

  test("small deals are left out when the rule says so", async () => {
    await goLive();
    paces = [
      pace({ dealId: "small", amountMinor: 99_999 }),
      pace({ dealId: "none", amountMinor: null }),
      pace({ dealId: "big", name: "Big" }),
    ];
    const staleDeal = { id: "stale_deal", multiplier: 2, minimumDays: 7, clearShare: 0.8, criticalLimits: null, minimumAmount: 1000 };
    await run({ notifyExisting: true }, { staleDeal });
    expect((await mails())[0]?.deals).toEqual(["Big existing"]);
  });

  test("people shown as teams: no owner is named", async () => {
    await goLive();
    await run({ notifyExisting: true }, { peopleLevel: "team" });
    expect(JSON.parse((await deliveries(warehouse))[0]!.content).deals[0].owner).toEqual({ state: "hidden" });
  });

  test("each mail is in its reader's zone; a zone or address nobody can use costs no mail", async () => {
    await goLive();
    await putPeople(warehouse, [
      { id: "kim", manager: "tae@acme.example", email: null },
      { id: "tae@acme.example", timeZone: "Asia/Seoul" },
      { id: "leo", manager: "ivy", email: null },
      { id: "ivy", email: "ivy@acme.example, all@acme.example", timeZone: "Mars/Olympus" },
      { id: "zed@acme.example", manager: "moe@acme.example" },
      { id: "moe@acme.example", timeZone: "Mars/Olympus" },
    ]);
    paces = ["kim", "leo", "zed@acme.example"].map((owner) => pace({ dealId: owner, ownerPersonId: owner }));
    await run({ notifyExisting: true });
    const found = (await deliveries(warehouse)).map((row) => ({ to: row.recipient, content: JSON.parse(row.content) }));
    expect(found.map(({ to, content }) => [to, content.timeZone, content.deals[0].problem])).toEqual([
      ["moe@acme.example", "Europe/Warsaw", null],
      ["ops@acme.example", "Europe/Warsaw", "route.manager_no_address"],
      ["tae@acme.example", "Asia/Seoul", null],
    ]);
  });

  test("the next step recorded in the CRM is shown", async () => {
    await goLive();
    const insert = sampleRow({ source_id: "old", next_step: "Send the offer" });
    await warehouse.write((tx) => tx.insertInto("deals").values(insert).execute());
    await run({ notifyExisting: true });
    expect(JSON.parse((await deliveries(warehouse))[0]!.content).deals[0].nextStep).toBe("Send the offer");
  });

  test("operations hear when a connection works again, with the next thing they hear", async () => {
    const both = { connectionIds: ["hs", "sf"] };
    await putSync(warehouse, clock.now(), "failed", "sf");
    await run({}, both);
    await clock.advance(HOUR);
    await putSync(warehouse, clock.now(), "ok", "sf");
    await run({}, both);
    expect(await deliveries(warehouse)).toHaveLength(1);
    await clock.advance(HOUR);
    await putSync(warehouse, clock.now(), "partial", "hs");
    await run({}, both);
    expect(JSON.parse((await deliveries(warehouse))[1]!.content)).toMatchObject({
      lines: [{ what: "operations.sync_partial", values: { connection: "hs" } }],
      resolved: ["sf"],
    });
  });

  test("a second run over the same facts changes no row", async () => {
    await goLive();
    await run({ notifyExisting: true });
    const everything = () =>
      warehouse.read(async (db) => [
        await db.selectFrom("alert_states").selectAll().orderBy("subject_key").execute(),
        await db.selectFrom("alert_events").selectAll().orderBy("event_id").execute(),
        await db.selectFrom("alert_deliveries").selectAll().orderBy("delivery_id").execute(),
        await db.selectFrom("settings").selectAll().orderBy("key").execute(),
      ]);
    await clock.advance(HOUR);
    await run();
    const before = await everything();
    await clock.advance(HOUR);
    await run();
    expect(await everything()).toEqual(before);
  });

  test("preview changes nothing", async () => {
    const deps = alertDeps(warehouse, clock, () => paces);
    const decision = await previewAlerts(deps, { when: "now", notifyExisting: true });
    expect(decision.digests.digests).toHaveLength(1);
    const count = await warehouse.read((db) => db.selectFrom("alert_states").selectAll().execute());
    expect([count, await deliveries(warehouse)]).toEqual([[], []]);
  });

  test("a crash while storing leaves nothing half done: the next run tells it once", async () => {
    await goLive();
    const broken: Warehouse = {
      ...warehouse,
      write: (fn) =>
        warehouse.write(async (tx) => {
          await fn(tx);
          throw new Error("killed");
        }),
    };
    await expect(
      evaluateAlerts(
        alertDeps(broken, clock, () => paces),
        { when: "now", notifyExisting: true },
      ),
    ).rejects.toThrow("killed");
    expect(await deliveries(warehouse)).toEqual([]);
    await run({ notifyExisting: true });
    expect(await deliveries(warehouse)).toHaveLength(1);
  });
});
