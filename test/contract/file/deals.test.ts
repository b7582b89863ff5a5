import { expect, test } from "vitest";
import { changesOf, connect, DEALS, DEALS_CSV, folder, pagesOf, recordsOf, rejectsOf } from "./support.ts";

test("a deals file and a file of people are enough", async () => {
  const directory = folder({ "deals.csv": DEALS_CSV, "teams.csv": "agent,manager,region\nAna Diaz,Eva Król,East\nBo Li,Eva Król,West\n" });
  const connector = connect(directory, {
    deals: DEALS,
    users: { path: "teams.csv", columns: { id: "agent", manager: "manager", region: "region" } },
  });
  expect(connector.streams.map(({ name }) => name)).toEqual(["pipelines", "users", "accounts", "products", "deals"]);
  expect(recordsOf(await pagesOf(connector, "deals"), "deal")).toMatchObject([
    {
      id: "D1",
      ownerId: "Ana Diaz",
      accountId: "Northwind",
      productId: "GTX",
      pipelineId: "default",
      stageId: "Won",
      createdAt: "2026-01-04T23:00:00.000Z",
      closeDay: "2026-02-01",
      amountRaw: "1200.50",
      currency: null,
    },
    { id: "D2", createdAt: "2026-01-31T23:00:00.000Z", closeDay: null, amountRaw: null },
    { id: "D3", createdAt: null, closeDay: null, amountRaw: null },
    { id: "D4", amountRaw: "0" },
  ]);
  expect(
    recordsOf(await pagesOf(connector, "users"), "user").map(({ id, name, managerName, region }) => [id, name, managerName, region]),
  ).toEqual([
    ["Ana Diaz", "Ana Diaz", "Eva Król", "East"],
    ["Bo Li", "Bo Li", "Eva Król", "West"],
  ]);
  expect(recordsOf(await pagesOf(connector, "accounts"), "account").map(({ name }) => name)).toEqual(["Northwind", "Contoso"]);
  expect(recordsOf(await pagesOf(connector, "products"), "product").map(({ name }) => name)).toEqual(["GTX", "MG"]);
});

test("stages take their order from the settings, then from the file, and their outcome from the map", async () => {
  const connector = connect(folder({ "deals.csv": DEALS_CSV }), { deals: DEALS });
  const pages = await pagesOf(connector, "pipelines");
  expect(recordsOf(pages, "pipeline").map(({ id }) => id)).toEqual(["default"]);
  expect(recordsOf(pages, "stageVersion").map(({ id, order, outcome }) => [id, order, outcome])).toEqual([
    ["default/Won", 0, "won"],
    ["default/Engaging", 2, "open"],
    ["default/Prospecting", 3, "open"],
    ["default/Lost", 1, "lost"],
  ]);
});

test("bad rows are refused with file, line and reason; the rest goes in", async () => {
  const csv = `id,agent,product,account,stage,opened,closed,amount
D1,"Ana
Diaz",GTX,Northwind,Won,2026-01-05,2026-02-01,12
D2,Bo,GTX,Contoso,Won,05.01.2026,,1
D3,Bo,GTX,Contoso,Won,2026-01-05,,"1.200,5"
D4,Bo,GTX,Contoso,Won,2026-01-05,,1,1
D1,Bo,GTX,Contoso,Won,2026-01-05,,1
D5,Bo,GTX,Contoso,,2026-01-05,,1
D6,Bo,GTX,Contoso,Won,2026-01-05,,1
`;
  const pages = await pagesOf(connect(folder({ "deals.csv": csv }), { deals: DEALS }), "deals");
  expect(recordsOf(pages, "deal").map(({ id }) => id)).toEqual(["D1", "D6"]);
  expect(rejectsOf(pages).map(({ ref, code }) => [ref, code])).toEqual([
    ["deals.csv:4", "record.bad_date"],
    ["deals.csv:5", "record.bad_amount"],
    ["deals.csv:6", "record.cell_count"],
    ["deals.csv:7", "record.duplicate_id"],
    ["deals.csv:8", "record.missing_field"],
  ]);
  expect(rejectsOf(pages)[0]?.reason).toBe("deals.csv line 4: opened is '05.01.2026', expected a date like 2026-01-31.");
});

test("an unchanged file is not read again; a changed one is, and rows that are gone are swept", async () => {
  const directory = folder({ "deals.csv": DEALS_CSV });
  const connector = connect(directory, { deals: DEALS });
  const first = await pagesOf(connector, "deals");
  const end = first.at(-1)?.checkpoint ?? null;
  expect(await pagesOf(connector, "deals", end)).toEqual([]);
  expect(changesOf(first).at(-1)).toEqual({
    type: "deal",
    op: "present",
    ids: ["D1", "D2", "D3", "D4"],
    within: { order: "text", after: null, upTo: null },
  });
});
