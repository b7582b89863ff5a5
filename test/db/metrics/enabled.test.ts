import { expect, test } from "vitest";
import { measure } from "#metrics/measure.ts";
import { asking } from "../../support/ask.ts";
import { eachDatabase } from "../../support/databases.ts";
import { manualNow, ORG_PEOPLE, RATES, TARGETS } from "../../support/metric-arbitraries.ts";

eachDatabase((_name, open) => {
  test("enabled KPIs and those they derive from are measured; others are still answered when asked for", async () => {
    const { deps } = await asking(await open(), { people: ORG_PEOPLE, rates: RATES, targets: TARGETS, deals: [] }, { now: manualNow });
    const measured = () => deps.warehouse.read((db) => db.selectFrom("metric_versions").select("metric").orderBy("metric").execute());
    await measure(deps);
    const all = (await measured()).length;
    expect((await measure({ ...deps, enabled: ["quota_attainment", "win_rate"] })).mode).toBe("full");
    const some = (await measured()).map(({ metric }) => metric);
    expect(some).toContain("win_rate");
    expect(some).not.toContain("lost_deals");
    expect(some.length).toBeLessThan(all);
    expect((await measure({ ...deps, enabled: ["quota_attainment", "win_rate"] })).mode).toBe("nothing_changed");
    await measure(deps);
    expect((await measured()).length).toBe(all);
  });
});
