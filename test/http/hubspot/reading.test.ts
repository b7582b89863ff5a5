import nock from "nock";
import { expect, test } from "vitest";
import { account, BASE, changesOf, date, idle, open, pages, record, strictNock, TOKEN } from "./support.ts";

strictNock();

const DEALS = "/crm/objects/2026-03/deals";

const entry = (value: string, timestamp: string, more: object = {}) => ({
  value,
  timestamp,
  sourceType: "CRM_UI",
  sourceId: "userId:7",
  ...more,
});

test("a deal list asks for the properties, histories and links it needs, each key once, with the token", async () => {
  account();
  let url = new URL(BASE);
  nock(BASE, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
    .get(DEALS)
    .query(true)
    .reply((request: Request) => {
      url = new URL(request.url);
      return [200, { results: [record("1")] }, date()];
    });
  nock(BASE)
    .get(DEALS)
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [] }, date());
  const { connector } = open();
  await pages(connector, "deals");
  expect(url.searchParams.get("limit")).toBe("50");
  expect(url.searchParams.has("after")).toBe(false);
  expect(url.searchParams.getAll("associations")).toEqual(["companies", "contacts"]);
  expect(url.searchParams.getAll("propertiesWithHistory")).toEqual([
    "dealstage",
    "pipeline",
    "amount",
    "deal_currency_code",
    "closedate",
    "hubspot_owner_id",
    "hs_manual_forecast_category",
    "hs_next_step",
  ]);
  const properties = url.searchParams.getAll("properties");
  expect(new Set(properties).size).toBe(properties.length);
  expect(properties).toContain("hs_merged_object_ids");
  expect(properties.filter((name) => name.startsWith("scorekeeper_"))).toEqual([]);
});

test("a deal comes with its stage log, its changes, its primary company and its contacts", async () => {
  account();
  nock(BASE)
    .get(DEALS)
    .query((query) => query["archived"] !== "true")
    .reply(
      200,
      {
        results: [
          record(
            "90071992547409931",
            {
              dealname: "Łódź <b>東京</b>\0",
              dealstage: "2",
              pipeline: "default",
              amount: "0.200000000000000011102",
              closedate: "2026-07-01T22:30:00Z",
              deal_currency_code: "JPY",
              hubspot_owner_id: "11",
              hs_is_closed: "false",
              hs_is_closed_won: "false",
              hs_merged_object_ids: ";41;42",
            },
            {
              propertiesWithHistory: {
                dealstage: [entry("2", "2026-02-01T00:00:00.5Z", { updatedByUserId: 7 }), entry("1", "2026-01-05T09:00:00Z")],
                pipeline: [entry("default", "2026-01-05T09:00:00.250Z")],
                closedate: [entry("2026-07-01T22:30:00Z", "2026-03-01T00:00:00Z"), entry("", "2026-02-20T00:00:00Z")],
              },
              associations: {
                companies: {
                  results: [
                    { id: "500", type: "deal_to_company_unlabeled" },
                    { id: "501", type: "deal_to_company_unlabeled" },
                    { id: "501", type: "deal_to_company" },
                  ],
                },
                contacts: { results: [{ id: "600", type: "deal_to_contact" }] },
              },
            },
          ),
        ],
      },
      date(),
    );
  nock(BASE)
    .get(DEALS)
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [record("77", {}, { archived: true })] }, date());
  const { connector } = open();
  const read = await pages(connector, "deals");
  const changes = changesOf(read);
  expect(changes.find((change) => change.type === "deal" && change.op === "upsert")).toMatchObject({
    record: {
      id: "90071992547409931",
      name: "Łódź <b>東京</b>\uFFFD",
      accountId: "501",
      closeDay: "2026-07-02",
      amountRaw: "0.200000000000000011102",
      currency: "JPY",
      outcome: "open",
      sourceUpdatedAt: "2026-06-30T11:30:00.123Z",
    },
  });
  const entries = changes.flatMap((change) => (change.type === "stageEntry" && change.op === "upsert" ? [change.record] : []));
  expect(entries.map(({ stageId, pipelineId, enteredAt, actorId }) => [stageId, pipelineId, enteredAt, actorId])).toEqual([
    ["1", "default", "2026-01-05T09:00:00.000Z", null],
    ["2", "default", "2026-02-01T00:00:00.500Z", "7"],
  ]);
  const closeDays = changes.flatMap((change) =>
    change.type === "dealChange" && change.op === "upsert" && change.record.field === "closeDay" ? [change.record.value] : [],
  );
  expect(closeDays).toEqual([null, "2026-07-02"]);
  expect(changes).toContainEqual({ type: "deal", op: "merge", loser: "41", winner: "90071992547409931" });
  expect(changes).toContainEqual({ type: "deal", op: "delete", id: "77" });
  expect(changes).toContainEqual({
    type: "deal",
    op: "present",
    ids: ["90071992547409931"],
    within: { order: "numeric", after: "0", upTo: null },
  });
  expect(changes.filter((change) => change.type === "dealContact" && change.op === "upsert")).toHaveLength(1);
});

test("several companies without a primary one, and more links than came along, are asked for in one batch", async () => {
  account();
  const companies = {
    results: [
      { id: "500", type: "x" },
      { id: "501", type: "x" },
    ],
  };
  nock(BASE)
    .get(DEALS)
    .query((query) => query["archived"] !== "true")
    .reply(
      200,
      { results: [record("1", {}, { associations: { companies } }), record("2", {}, { associations: { companies } }), record("3")] },
      date(),
    );
  nock(BASE)
    .post("/crm/associations/2026-03/deals/companies/batch/read", { inputs: [{ id: "1" }, { id: "2" }] })
    .reply(
      207,
      `{"status":"COMPLETE","results":[{"from":{"id":"1"},"to":[
        {"toObjectId":500,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":341,"label":null}]},
        {"toObjectId":90071992547409931,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":341,"label":null},{"category":"HUBSPOT_DEFINED","typeId":5,"label":"Primary"}]}]}],
        "numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","subCategory":"crm.associations.NO_ASSOCIATIONS_FOUND","context":{"fromObjectId":["2"]}}]}`,
      date(),
    );
  nock(BASE)
    .get(DEALS)
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [] }, date());
  const { connector } = open();
  const deals = changesOf(await pages(connector, "deals")).flatMap((change) =>
    change.type === "deal" && change.op === "upsert" ? [change.record] : [],
  );
  expect(deals.map(({ id, accountId }) => [id, accountId])).toEqual([
    ["1", "90071992547409931"],
    ["2", null],
    ["3", null],
  ]);
});

test("changed deals are searched in a closed window by id, and read with their histories and links in batches", async () => {
  account();
  const bodies: unknown[] = [];
  const remember = (body: unknown): boolean => bodies.push(body) > 0;
  const found = Array.from({ length: 60 }, (_, index) => record(String(1000 + index)));
  nock(BASE)
    .post(`${DEALS}/search`, remember)
    .reply(200, { total: 61, results: found, paging: { next: { after: "60" } } }, date());
  nock(BASE)
    .post(`${DEALS}/batch/read`)
    .twice()
    .reply(
      200,
      async (request: Request) => {
        const { inputs }: { inputs: { id: string }[] } = JSON.parse(await request.text());
        return { status: "COMPLETE", results: inputs.map(({ id }) => record(id)).reverse() };
      },
      date(),
    );
  for (const type of ["companies", "contacts"]) {
    nock(BASE).post(`/crm/associations/2026-03/deals/${type}/batch/read`).reply(200, { results: [] }, date());
  }
  nock(BASE).post(`${DEALS}/search`, remember).reply(200, { total: 0, results: [] }, date());
  const { connector } = open();
  const read = await pages(connector, "deals", idle("2026-06-30T11:00:00.000Z"));
  expect(bodies).toEqual([
    {
      filterGroups: [
        {
          filters: [
            { propertyName: "hs_lastmodifieddate", operator: "GTE", value: String(Date.parse("2026-06-30T10:50:00Z")) },
            { propertyName: "hs_lastmodifieddate", operator: "LTE", value: String(Date.parse("2026-06-30T11:59:00Z")) },
            { propertyName: "hs_object_id", operator: "GT", value: "0" },
          ],
        },
      ],
      sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
      properties: ["hs_lastmodifieddate"],
      limit: 200,
    },
    expect.objectContaining({
      filterGroups: [{ filters: expect.arrayContaining([{ propertyName: "hs_object_id", operator: "GT", value: "1059" }]) }],
    }),
  ]);
  expect(changesOf(read).filter((change) => change.type === "deal" && change.op === "upsert")).toHaveLength(60);
  expect(read.at(-1)?.checkpoint.data).toMatchObject({ cursor: "2026-06-30T11:59:00.000Z", task: null });
});

test("a run with nothing settled since the last one asks for the time only", async () => {
  account();
  const { connector } = open();
  await expect(pages(connector, "deals", idle("2026-06-30T11:59:30.000Z"))).resolves.toEqual([]);
});

test("windows follow HubSpot's clock, not a host that is a day ahead or behind", async () => {
  nock(BASE).get("/account-info/2026-03/details").reply(200, { portalId: 1 }, date("2026-06-29T12:00:00Z"));
  let to = "";
  nock(BASE)
    .post(`${DEALS}/search`, (body) => {
      to = body.filterGroups[0].filters[1].value;
      return true;
    })
    .reply(200, { total: 0, results: [] }, date("2026-06-29T12:00:00Z"));
  const { connector } = open();
  await pages(
    connector,
    "deals",
    idle("2026-06-29T11:00:00.000Z", { listedAt: "2026-06-29T11:00:00.000Z", archivedAt: "2026-06-29T11:00:00.000Z" }),
  );
  expect(new Date(Number(to)).toISOString()).toBe("2026-06-29T11:59:00.000Z");
});

test("without the right to account details the clock is known all the same", async () => {
  nock(BASE).get("/account-info/2026-03/details").reply(403, { category: "MISSING_SCOPES", errors: [] }, date());
  nock(BASE).post(`${DEALS}/search`).reply(200, { total: 0, results: [] }, date());
  const { connector } = open();
  await expect(pages(connector, "deals", idle("2026-06-30T11:00:00.000Z"))).resolves.toHaveLength(1);
});

test("after a mass update the rest of a window is read by list", async () => {
  account();
  nock(BASE)
    .post(`${DEALS}/search`)
    .reply(200, { total: 25_000, results: [record("5")] }, date());
  nock(BASE)
    .get(DEALS)
    .query(true)
    .reply(200, { results: [record("5")] }, date());
  const { connector } = open();
  const read = await pages(connector, "deals", idle("2026-06-30T11:00:00.000Z"));
  expect(read[0]?.checkpoint.data).toMatchObject({ task: { kind: "list", startedAt: "2026-06-30T11:59:00.000Z" } });
  expect(read.at(-1)?.checkpoint.data).toMatchObject({ cursor: "2026-06-30T11:59:00.000Z", task: null });
});

test("a list is read on by token, and a link to another host is never followed", async () => {
  account();
  const asked: (string | null)[] = [];
  const next = (after: string) => ({ next: { after, link: "https://evil.example/crm/objects/2026-03/notes?after=1" } });
  nock(BASE)
    .get("/crm/objects/2026-03/notes")
    .query((query) => query["archived"] !== "true")
    .thrice()
    .reply((request: Request) => {
      const after = new URL(request.url).searchParams.get("after");
      asked.push(after);
      const body =
        after === null
          ? { results: [record("1")], paging: next("2") }
          : after === "2"
            ? { results: [], paging: next("3") }
            : { results: [record("3")] };
      return [200, body, date()];
    });
  nock(BASE)
    .get("/crm/objects/2026-03/notes")
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [] }, date());
  nock(BASE)
    .post("/crm/objects/2026-03/notes/search")
    .optionally()
    .reply(200, { total: 1, results: [record("3")] }, date());
  const { connector } = open();
  const ids = changesOf(await pages(connector, "notes")).flatMap((change) =>
    change.type === "activity" && change.op === "upsert" ? [change.record.id] : [],
  );
  expect(asked).toEqual([null, "2", "3"]);
  expect(ids).toEqual(["note/1", "note/3"]);
});

test.each([
  ["the same token again", ["2", "2"]],
  ["a token that leads back", ["2", "1"]],
])("%s stops the stream instead of going round for ever", async (_name, tokens) => {
  account();
  let page = 0;
  nock(BASE)
    .get("/crm/objects/2026-03/notes")
    .query(true)
    .times(2)
    .reply(() => {
      const after = tokens[page];
      page += 1;
      return [200, { results: page === 1 ? [record("1")] : [], paging: { next: { after } } }, date()];
    });
  const { connector } = open({ reads: { walkers: 1 } });
  await expect(pages(connector, "notes")).rejects.toMatchObject({ code: "hubspot.page_order", recovery: "abort" });
});

test("a record without a form is set aside, the rest of its page goes in, and it is not told as gone", async () => {
  account();
  nock(BASE)
    .get("/crm/objects/2026-03/companies")
    .query((query) => query["archived"] !== "true")
    .reply(
      200,
      { results: [record("1"), { id: "2", properties: null }, "nonsense", record("3", { hs_lastmodifieddate: "soon" })] },
      date(),
    );
  nock(BASE)
    .get("/crm/objects/2026-03/companies")
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [] }, date());
  const { connector } = open();
  const [page] = await pages(connector, "companies");
  expect(page?.rejects.map(({ ref, code }) => [ref, code])).toEqual([
    ["2", "record.shape"],
    ["companies.list[2]", "record.shape"],
    ["3", "record.bad_date"],
  ]);
  expect(page?.received).toBe(4);
  expect(page?.changes.find((change) => change.op === "present")).toMatchObject({ ids: ["1", "3", "2"] });
});
