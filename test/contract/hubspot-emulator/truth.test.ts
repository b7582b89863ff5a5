import { expect, test } from "vitest";
import { instantFromMs } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import type { Deal, DealFields, Happening } from "#sandbox/world/types.ts";
import { type Loose, type Started, startPortal } from "../../support/hubspot-emulator.ts";

interface Told {
  readonly deal: Deal;
  readonly now: DealFields;
  readonly stages: readonly string[];
  readonly calls: number;
}

/** What the world says of the deals that this CRM shows, told anew: the second opinion on the portal. */
function toldDeals(happenings: Iterable<Happening>): ReadonlyMap<string, Told> {
  const deals = new Map<string, Told>();
  for (const each of happenings) {
    if (!each.sides.includes("one")) continue;
    if (each.what === "deal") deals.set(each.deal.key, { deal: each.deal, now: each.deal, stages: [each.deal.stageKey], calls: 0 });
    if (each.what === "deal_deleted") deals.delete(each.dealKey);
    if (each.what === "deal_merged") deals.delete(each.loserKey);
    if (each.what === "deal_change") {
      const before = deals.get(each.dealKey);
      if (before !== undefined) deals.set(each.dealKey, changed(before, each.set));
    }
    if (each.what === "activity" && each.activity.kind === "call") {
      for (const key of each.activity.dealKeys) {
        const before = deals.get(key);
        if (before !== undefined) deals.set(key, { ...before, calls: before.calls + 1 });
      }
    }
  }
  return deals;
}

function changed(before: Told, set: Partial<DealFields>): Told {
  const moves = set.stageKey !== undefined && set.stageKey !== before.stages.at(-1);
  return { ...before, now: { ...before.now, ...set }, stages: moves ? [...before.stages, set.stageKey] : before.stages };
}

async function shownDeals(portal: Started): Promise<readonly Loose[]> {
  const results: Loose[] = [];
  for (let after = "0"; ; ) {
    const properties = "dealname,dealstage,pipeline,amount,closedate,hubspot_owner_id,deal_currency_code,external_deal_id,customer_segment";
    const { body } = await portal.call(
      "GET",
      `/crm/v3/objects/deals?limit=50&after=${after}&properties=${properties}&propertiesWithHistory=dealstage&associations=calls`,
    );
    results.push(...body.results);
    if (body.paging === undefined) return results;
    after = body.paging.next.after;
  }
}

test.each([
  ["as it is found", 0],
  ["after three weeks of life", 21],
])(
  "the portal %s shows the world's deals, each once, in their present state and with every stage they went through",
  async (_name, days) => {
    const portal = await startPortal({ worldOptions: { deals: 250 } });
    portal.clock.advance(days * 86_400_000);
    portal.emulator.catchUp();
    const shown = await shownDeals(portal);
    const told = toldDeals(portal.world.happenings(null, instantFromMs(portal.clock.nowMs())));
    const { names } = portal.emulator;
    const byName = new Map([...told.values()].map((each) => [each.deal.name, each]));
    expect(shown.map((each) => each.properties.dealname).sort()).toEqual([...byName.keys()].sort());
    for (const { properties, propertiesWithHistory, associations } of shown) {
      const { deal, now, stages, calls } = byName.get(properties.dealname)!;
      expect(properties).toMatchObject({
        pipeline: names.pipelineId(now.pipelineKey),
        dealstage: names.stageId(now.pipelineKey, now.stageKey),
        amount: now.amount,
        hubspot_owner_id: String(names.ownerId(now.ownerKey)),
        deal_currency_code: now.currency,
        external_deal_id: deal.externalId,
        customer_segment: deal.segment,
      });
      expect(properties.closedate === null ? null : zone("Europe/Warsaw").dayOf(instantFromMs(Date.parse(properties.closedate)))).toBe(
        now.closeDay,
      );
      expect(propertiesWithHistory.dealstage.map((each: Loose) => each.value).reverse()).toEqual(
        stages.map((stage) => names.stageId(now.pipelineKey, stage)),
      );
      // A merge brings the loser's links along.
      if (associations?.calls?.paging === undefined) expect(associations?.calls?.results.length ?? 0).toBeGreaterThanOrEqual(calls);
    }
  },
);

test("a close date picked in a calendar is a moment that may lie on the day before in UTC", async () => {
  const portal = await startPortal({ worldOptions: { deals: 250 } });
  const dates = (await shownDeals(portal)).flatMap((each) => each.properties.closedate ?? []);
  const shifted = dates.filter((text: string) => zone("Europe/Warsaw").dayOf(instantFromMs(Date.parse(text))) !== text.slice(0, 10));
  expect(shifted.length).toBeGreaterThan(10);
});
