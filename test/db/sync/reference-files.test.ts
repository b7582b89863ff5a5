import { join } from "node:path";
import { expect, test } from "vitest";
import { type ReferenceReport, readReferenceFiles } from "#sync/reference-files.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { folder } from "../../support/cli.ts";
import { eachDatabase } from "../../support/databases.ts";
import { at, organization } from "../../support/records.ts";

const PEOPLE = "email,name,manager_email\nana@a.example,Ana,bo@a.example\nbo@a.example,Bo,\n";
const TARGETS = "who,metric,period_start,period_end,value\nana@a.example,won_amount,2026-01-01,2026-03-31,1000\n";
const RATES = "currency,date,rate\nUSD,2026-01-01,0.9\n";

function read(warehouse: Warehouse, files: Readonly<Record<string, string>>): Promise<ReferenceReport> {
  const directory = folder(files);
  const path = (name: string): string | null => (files[name] === undefined ? null : join(directory, name));
  return readReferenceFiles({
    warehouse,
    organization: organization(),
    matching: "email",
    files: { people: path("people.csv"), targets: path("targets.csv"), rates: path("rates.csv") },
    now: at("2026-06-30T12:00:00Z"),
  });
}

const marks = (warehouse: Warehouse) => warehouse.read((db) => db.selectFrom("dirty_scopes").selectAll().execute());

eachDatabase((_name, open) => {
  test("people, targets and rates stand in the warehouse; the second reading changes nothing", async () => {
    const warehouse = await open();
    const files = { "people.csv": PEOPLE, "targets.csv": TARGETS, "rates.csv": RATES };
    expect(await read(warehouse, files)).toMatchObject({ people: 2, targets: 1, rates: 1, problems: [] });
    expect(await warehouse.read((db) => db.selectFrom("exchange_rates").select(["currency", "rate"]).execute())).toEqual([
      { currency: "USD", rate: 0.9 },
    ]);
    await warehouse.write((tx) => tx.deleteFrom("dirty_scopes").execute());
    await read(warehouse, files);
    expect(await marks(warehouse)).toEqual([]);
  });

  test("a line that is gone takes its target along, a file that is gone all of them", async () => {
    const warehouse = await open();
    const live = () => warehouse.read((db) => db.selectFrom("targets").select("who").where("deleted_seen_at", "is", null).execute());
    await read(warehouse, { "targets.csv": `${TARGETS}company,won_amount,2026-01-01,2026-03-31,5000\n` });
    expect(await live()).toHaveLength(2);
    await read(warehouse, { "targets.csv": TARGETS });
    expect(await live()).toEqual([{ who: "ana@a.example" }]);
    await read(warehouse, {});
    expect(await live()).toEqual([]);
  });

  test("bad lines are told one by one and never stop good ones", async () => {
    const warehouse = await open();
    const report = await read(warehouse, {
      "rates.csv": `${RATES}EURO,2026-01-01,1\nGBP,1.1.2026,1\nGBP,2026-01-01,-1\nUSD,2026-01-01,1\n`,
    });
    expect(report.rates).toBe(1);
    expect(report.problems.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(report.problems[0]?.message).toContain("rates.csv");
  });
});
