import nock from "nock";
import { expect, test } from "vitest";
import { account, BASE, changesOf, date, idle, NOW, open, pages, record, strictNock } from "./support.ts";

strictNock();

const DEALS = "/crm/objects/2026-03/deals";

test("owners are read active and archived, teams and memberships with them", async () => {
  const owner = (id: string, more: object) => ({
    id,
    email: `${id}@acme.example`,
    type: "PERSON",
    firstName: "Ana",
    lastName: "Díaz",
    ...more,
  });
  nock(BASE)
    .get("/crm/owners/2026-03")
    .query({ limit: "100", archived: "false" })
    .reply(
      200,
      {
        results: [owner("1", { userId: 90071992547, teams: [{ id: "t1", name: "East", primary: true }] })],
        paging: { next: { after: "x", link: "y" } },
      },
      date(),
    );
  nock(BASE)
    .get("/crm/owners/2026-03")
    .query({ limit: "100", after: "x", archived: "false" })
    .reply(200, { results: [owner("2", { type: "QUEUE", email: "" })] }, date());
  nock(BASE)
    .get("/crm/owners/2026-03")
    .query({ limit: "100", archived: "true" })
    .reply(200, { results: [owner("3", { userId: null, userIdIncludingInactive: 33, archived: true })] }, date());
  const { connector } = open();
  const changes = changesOf(await pages(connector, "owners"));
  const users = changes.flatMap((change) => (change.type === "user" && change.op === "upsert" ? [change.record] : []));
  expect(users.map(({ id, active, isPerson, otherIds, email }) => [id, active, isPerson, otherIds, email])).toEqual([
    ["1", true, true, ["90071992547"], "1@acme.example"],
    ["2", true, false, [], null],
    ["3", false, true, ["33"], "3@acme.example"],
  ]);
  expect(changes).toContainEqual({ type: "membership", op: "upsert", record: { id: "t1/1", teamId: "t1", userId: "1", isPrimary: true } });
  expect(changes.at(-1)).toEqual({ type: "membership", op: "present", ids: ["t1/1"], within: { order: "text", after: null, upTo: null } });
});

test("pipelines come with every version of their stages; deleted and renamed ones out of the audit", async () => {
  const stage = (id: string, label: string, isClosed: string, probability: string, displayOrder: number) => ({
    id,
    label,
    displayOrder,
    archived: false,
    metadata: { isClosed, probability },
    updatedAt: "2026-05-01T00:00:00Z",
  });
  const now = [
    stage("s1", "Qualified", "false", "0.2", 0),
    stage("won", "Closed won", "true", "1.0", 1),
    stage("lost", "Lost", "true", "0.0", 2),
  ];
  const before = [stage("s1", "Qualify", "false", "0.2", 0), stage("demo", "Demo", "false", "0.5", 1)];
  const pipeline = { id: "default", label: "Sales", displayOrder: 0, archived: false };
  nock(BASE)
    .get("/crm/pipelines/2026-03/deals")
    .reply(200, { results: [{ ...pipeline, stages: now }] }, date());
  nock(BASE)
    .get("/crm/pipelines/2026-03/deals/default/audit")
    .reply(
      200,
      {
        results: [
          { action: "UPDATE", timestamp: "2026-05-01T00:00:00Z", rawObject: JSON.stringify({ ...pipeline, stages: now }) },
          { action: "CREATE", timestamp: "2025-01-01T00:00:00Z", rawObject: JSON.stringify({ ...pipeline, stages: before }) },
          { action: "UPDATE", timestamp: "2025-02-01T00:00:00Z", rawObject: "not json" },
        ],
      },
      date(),
    );
  const { connector } = open();
  const versions = changesOf(await pages(connector, "pipelines")).flatMap((change) =>
    change.type === "stageVersion" && change.op === "upsert" ? [change.record] : [],
  );
  expect(versions.map(({ id, label, outcome, validFrom, archived }) => [id, label, outcome, validFrom, archived])).toEqual([
    ["default/s1", "Qualify", "open", "2025-01-01T00:00:00.000Z", false],
    ["default/s1", "Qualified", "open", "2026-05-01T00:00:00.000Z", false],
    ["default/won", "Closed won", "won", "2026-05-01T00:00:00.000Z", false],
    ["default/lost", "Lost", "lost", "2026-05-01T00:00:00.000Z", false],
    ["default/demo", "Demo", "open", "2025-01-01T00:00:00.000Z", true],
  ]);
});

test("an object the token may not read is named with its scope; another stream of the connection goes on", async () => {
  account();
  nock(BASE)
    .get("/crm/objects/2026-03/goal_targets")
    .query(true)
    .reply(403, { category: "MISSING_SCOPES", errors: [{ context: { requiredGranularScopes: ["crm.objects.goals.read"] } }] }, date());
  nock(BASE).post(`${DEALS}/search`).reply(200, { total: 0, results: [] }, date());
  const { connector } = open();
  await expect(pages(connector, "goals")).rejects.toMatchObject({
    code: "hubspot.scope",
    recovery: "configure",
    message: expect.stringContaining("crm.objects.goals.read"),
  });
  await expect(pages(connector, "deals", idle("2026-06-30T11:00:00.000Z"))).resolves.toHaveLength(1);
});

test("goals become targets of a person or team for whole days", async () => {
  account();
  nock(BASE)
    .get("/crm/objects/2026-03/goal_targets")
    .query((query) => query["archived"] !== "true")
    .reply(
      200,
      {
        results: [
          record("1", {
            hs_goal_type: "sales_quota",
            hs_goal_name: "Q2",
            hs_target_amount: "300000",
            hs_start_datetime: "2026-04-01T00:00:00Z",
            hs_end_datetime: "2026-06-30T23:59:59.999Z",
            hubspot_owner_id: "11",
          }),
        ],
      },
      date(),
    );
  nock(BASE)
    .get("/crm/objects/2026-03/goal_targets")
    .query((query) => query["archived"] === "true")
    .reply(200, { results: [] }, date());
  const { connector } = open();
  expect(changesOf(await pages(connector, "goals"))[0]).toMatchObject({
    record: {
      who: "hs:11",
      metric: "won_amount",
      periodStart: "2026-04-01",
      periodEnd: "2026-07-01",
      valueRaw: "300000",
      unit: "EUR",
      origin: "Q2",
    },
  });
});

test("rates of another home currency are crossed to the organisation's", async () => {
  const rate = (fromCurrencyCode: string, conversionRate: string, effectiveAt: string) => ({
    id: fromCurrencyCode,
    fromCurrencyCode,
    toCurrencyCode: "USD",
    conversionRate,
    effectiveAt,
  });
  nock(BASE)
    .get("/settings/v3/currencies/exchange-rates")
    .query({ limit: "100" })
    .reply(200, { results: [rate("EUR", "1.25", "2026-01-01T00:00:00Z"), rate("PLN", "0.25", "2026-01-01T00:00:00Z")] }, date());
  const { connector } = open();
  const rates = changesOf(await pages(connector, "rates")).flatMap((change) =>
    change.type === "exchangeRate" && change.op === "upsert" ? [change.record] : [],
  );
  expect(rates.map(({ currency, day, rate: value }) => [currency, day, value])).toEqual([
    ["USD", "2026-01-01", 0.8],
    ["PLN", "2026-01-01", 0.2],
  ]);
});

test("a checkpoint of another version is refused", async () => {
  const { connector } = open();
  for (const { name } of connector.streams) {
    await expect(pages(connector, name, { v: 9, data: {} })).rejects.toMatchObject({ code: "hubspot.checkpoint", recovery: "abort" });
  }
});

test("every deal for reconcile comes by list with the few properties it needs", async () => {
  nock(BASE)
    .get(DEALS)
    .query(true)
    .reply(
      200,
      {
        results: [
          record("1", {
            pipeline: "default",
            closedate: "2026-06-30T22:30:00Z",
            hs_is_closed: "true",
            hs_is_closed_won: "true",
            amount: "5",
          }),
        ],
      },
      date(NOW),
    );
  const { connector } = open();
  const rows = [];
  for await (const row of connector.reconcileRows?.(new AbortController().signal) ?? []) rows.push(row);
  expect(rows).toEqual([
    {
      id: "1",
      pipelineId: "default",
      closeDay: "2026-07-01",
      outcome: "won",
      amountRaw: "5",
      currency: null,
      updatedAt: "2026-06-30T11:30:00.123Z",
    },
  ]);
});
