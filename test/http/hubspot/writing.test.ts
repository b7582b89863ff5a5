import nock from "nock";
import { expect, test } from "vitest";
import type { Writer } from "#core/connector.ts";
import type { FieldSpec, WriteItem } from "#core/writeback.ts";
import { BASE, date, open, strictNock } from "./support.ts";

strictNock();

const signal = new AbortController().signal;
const UPDATE = "/crm/objects/2026-03/deals/batch/update";
const PROPERTIES = "/crm/properties/2026-03/deals";

function writer(settings: object = {}): Writer {
  const { connector } = open(settings);
  if (connector.writer === undefined) throw new Error("no writer");
  return connector.writer;
}

const field = (name: string, more: Partial<FieldSpec> = {}): FieldSpec => ({
  target: "deal",
  name,
  label: `Label of ${name}`,
  description: "What it says.",
  type: "date",
  ...more,
});

const item = (id: string, values: WriteItem["values"] = { stuck_since: "2026-05-03" }): WriteItem => ({ target: "deal", id, values });

test("what is missing is created in our own group, with types that fit; what is there is left", async () => {
  const asked: unknown[] = [];
  nock(BASE)
    .get(PROPERTIES)
    .reply(200, { results: [{ name: "scorekeeper_typical_days", type: "number", fieldType: "number" }] }, date());
  nock(BASE)
    .get(`${PROPERTIES}/groups`)
    .reply(200, { results: [{ name: "dealinformation" }] }, date());
  nock(BASE).post(`${PROPERTIES}/groups`, { name: "scorekeeper", label: "Scorekeeper" }).reply(201, { name: "scorekeeper" }, date());
  nock(BASE)
    .post(PROPERTIES, (body) => asked.push(body) > 0)
    .thrice()
    .reply(() => [asked.length % 2 === 0 ? 200 : 201, { name: "ok" }, date()]);
  const fields = [
    field("stuck_since"),
    field("typical_days", { type: "number" }),
    field("win_rate", { type: "percent" }),
    field("tier", { type: "picklist", options: [{ value: "a", label: "A" }] }),
  ];
  const outcomes = await writer().ensureFields(fields, { dryRun: false, signal });
  expect(outcomes.map(({ state }) => state)).toEqual(["created", "exists", "created", "created"]);
  expect(asked).toEqual([
    {
      groupName: "scorekeeper",
      name: "scorekeeper_stuck_since",
      label: "Label of stuck_since",
      description: "What it says.",
      type: "date",
      fieldType: "date",
    },
    expect.objectContaining({ type: "number", fieldType: "number", numberDisplayHint: "percentage" }),
    expect.objectContaining({
      type: "enumeration",
      fieldType: "select",
      options: [{ value: "a", label: "A", displayOrder: 0, hidden: false }],
    }),
  ]);
});

test("a dry run only reads", async () => {
  nock(BASE).get(PROPERTIES).reply(200, { results: [] }, date());
  await expect(writer().ensureFields([field("stuck_since")], { dryRun: true, signal })).resolves.toMatchObject([{ state: "would_create" }]);
});

test("a property of another type is a conflict and never retyped", async () => {
  nock(BASE)
    .get(PROPERTIES)
    .reply(200, { results: [{ name: "scorekeeper_stuck_since", type: "string" }] }, date());
  const [outcome] = await writer().ensureFields([field("stuck_since")], { dryRun: false, signal });
  expect(outcome).toMatchObject({ state: "conflict", detail: expect.stringContaining("as string, not as date") });
});

test.each([
  ["date", "exists"],
  ["string", "conflict"],
])("made by somebody else meanwhile as %s: read again, it %s", async (type, state) => {
  nock(BASE).get(PROPERTIES).reply(200, { results: [] }, date());
  nock(BASE)
    .get(`${PROPERTIES}/groups`)
    .reply(200, { results: [{ name: "scorekeeper" }] }, date());
  nock(BASE).post(PROPERTIES).reply(409, { category: "CONFLICT", message: "exists" }, date());
  nock(BASE)
    .get(PROPERTIES)
    .reply(200, { results: [{ name: "scorekeeper_stuck_since", type }] }, date());
  await expect(writer().ensureFields([field("stuck_since")], { dryRun: false, signal })).resolves.toMatchObject([{ state }]);
});

test("without the right to create, the field is refused with the scope to add", async () => {
  nock(BASE).get(PROPERTIES).reply(200, { results: [] }, date());
  nock(BASE)
    .get(`${PROPERTIES}/groups`)
    .reply(200, { results: [{ name: "scorekeeper" }] }, date());
  nock(BASE)
    .post(PROPERTIES)
    .reply(403, { category: "MISSING_SCOPES", errors: [{ context: { requiredGranularScopes: ["crm.schemas.deals.write"] } }] }, date());
  const [outcome] = await writer().ensureFields([field("stuck_since")], { dryRun: false, signal });
  expect(outcome).toMatchObject({ state: "refused", detail: expect.stringContaining("crm.schemas.deals.write") });
});

test("an option that is missing is added to those that are there", async () => {
  const there = { value: "a", label: "Renamed by hand", displayOrder: 0, hidden: true };
  const property = { name: "scorekeeper_tier", type: "enumeration", options: [there] };
  nock(BASE)
    .get(PROPERTIES)
    .reply(200, { results: [property] }, date());
  nock(BASE).get(`${PROPERTIES}/scorekeeper_tier`).reply(200, property, date());
  nock(BASE)
    .patch(`${PROPERTIES}/scorekeeper_tier`, { options: [there, { value: "b", label: "B", displayOrder: 1, hidden: false }] })
    .reply(200, property, date());
  const tier = field("tier", { type: "picklist", options: ["a", "b"].map((value) => ({ value, label: value.toUpperCase() })) });
  await expect(writer().ensureFields([tier], { dryRun: false, signal })).resolves.toMatchObject([{ state: "exists" }]);
});

test("a field for reps has no place in HubSpot, and says so", async () => {
  const outcomes = await writer().ensureFields([field("score", { target: "rep" })], { dryRun: false, signal });
  expect(outcomes).toMatchObject([{ state: "refused" }]);
  await expect(writer().write([{ target: "rep", id: "1", values: {} }], signal)).resolves.toMatchObject([
    { ok: false, error: { code: "hubspot.target" } },
  ]);
});

test("values leave as HubSpot takes them: days, plain numbers, an empty text to clear", async () => {
  let inputs: unknown;
  nock(BASE)
    .post(UPDATE, (body) => {
      inputs = body.inputs;
      return true;
    })
    .reply(200, { status: "COMPLETE", results: [{ id: "1" }] }, date());
  await writer().write([item("1", { a: "2026-05-03", b: 14.5, c: null, d: 1e-7, e: 0 })], signal);
  expect(inputs).toEqual([
    {
      id: "1",
      properties: { scorekeeper_a: "2026-05-03", scorekeeper_b: "14.5", scorekeeper_c: "", scorekeeper_d: "0.0000001", scorekeeper_e: "0" },
    },
  ]);
});

test("one result per record in the order asked, whatever the order answered; partial failure is told per record", async () => {
  nock(BASE)
    .post(UPDATE)
    .reply(
      207,
      {
        status: "COMPLETE",
        results: [{ id: "3" }, { id: "1" }],
        numErrors: 2,
        errors: [
          { status: "error", category: "OBJECT_NOT_FOUND", message: "Could not get some DEAL objects", context: { ids: ["2"] } },
          { status: "error", category: "VALIDATION_ERROR", message: "Property value was not valid", context: { ids: ["4"] } },
        ],
      },
      date(),
    );
  const results = await writer().write(
    ["1", "2", "3", "4", "5"].map((id) => item(id)),
    signal,
  );
  expect(results.map((result) => (result.ok ? result.value.id : result.error.code))).toEqual([
    "1",
    "hubspot.record_gone",
    "3",
    "hubspot.invalid",
    "hubspot.unconfirmed",
  ]);
});

test("a batch refused as a whole is thrown for the caller to bisect", async () => {
  nock(BASE).post(UPDATE).reply(400, { category: "VALIDATION_ERROR", message: "Property values were not valid" }, date());
  await expect(writer().write([item("1"), item("2")], signal)).rejects.toMatchObject({ code: "hubspot.invalid", recovery: "skip" });
});

test("a record named twice goes out in two calls: one repeat would fail the whole batch", async () => {
  const sent: string[][] = [];
  nock(BASE)
    .post(UPDATE)
    .twice()
    .reply(
      200,
      async (request: Request) => {
        const { inputs }: { inputs: { id: string }[] } = JSON.parse(await request.text());
        sent.push(inputs.map(({ id }) => id));
        return { results: inputs.map(({ id }) => ({ id })) };
      },
      date(),
    );
  const results = await writer().write([item("1"), item("2"), item("1", { other: 1 })], signal);
  expect(sent).toEqual([["1", "2"], ["1"]]);
  expect(results.every(({ ok }) => ok)).toBe(true);
});

test("more than a hundred records go out in several batches", async () => {
  let most = 0;
  nock(BASE)
    .post(UPDATE)
    .times(3)
    .reply(
      200,
      async (request: Request) => {
        const { inputs }: { inputs: { id: string }[] } = JSON.parse(await request.text());
        most = Math.max(most, inputs.length);
        return { results: inputs.map(({ id }) => ({ id })) };
      },
      date(),
    );
  const results = await writer().write(
    Array.from({ length: 250 }, (_, index) => item(String(index + 1))),
    signal,
  );
  expect([results.length, most]).toEqual([250, 100]);
});

test("live values come back in the types of the fields; records that are gone are left out", async () => {
  nock(BASE)
    .get(PROPERTIES)
    .reply(
      200,
      {
        results: [
          { name: "scorekeeper_days", type: "number" },
          { name: "scorekeeper_since", type: "date" },
          { name: "scorekeeper_at", type: "datetime" },
          { name: "scorekeeper_why", type: "string" },
        ],
      },
      date(),
    );
  nock(BASE)
    .post("/crm/objects/2026-03/deals/batch/read", {
      inputs: [{ id: "1" }, { id: "2" }],
      properties: ["scorekeeper_days", "scorekeeper_since", "scorekeeper_at", "scorekeeper_why"],
    })
    .reply(
      207,
      {
        results: [
          {
            id: "1",
            properties: {
              scorekeeper_days: "14.50",
              scorekeeper_since: "2026-05-03",
              scorekeeper_at: "2026-06-30T11:00:00Z",
              scorekeeper_why: "",
            },
          },
        ],
        errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: ["2"] } }],
      },
      date(),
    );
  const live = await writer().read("deal", ["1", "2"], ["days", "since", "at", "why"], signal);
  expect(live).toEqual([{ id: "1", values: { days: 14.5, since: "2026-05-03", at: "2026-06-30T11:00:00.000Z", why: null } }]);
});

test("readiness names what is missing, of another type or read-only", async () => {
  nock(BASE)
    .get(PROPERTIES)
    .reply(
      200,
      {
        results: [
          { name: "scorekeeper_a", type: "date" },
          { name: "scorekeeper_b", type: "string" },
          { name: "scorekeeper_c", type: "date", modificationMetadata: { readOnlyValue: true } },
        ],
      },
      date(),
    );
  const ready = await writer().readiness(
    ["a", "b", "c", "d"].map((name) => field(name)),
    signal,
  );
  expect(ready.map(({ ready: is, remedy }) => [is, remedy?.replace(/^'\w+' /, "").slice(0, 12) ?? null])).toEqual([
    [true, null],
    [false, "is string, n"],
    [false, "is read-only"],
    [false, "is missing: "],
  ]);
});

test("every API version has its own paths, and the sandbox its own host", async () => {
  nock("http://localhost:9999")
    .post("/crm/v3/objects/deals/batch/update")
    .reply(200, { results: [{ id: "1" }] }, date());
  nock("http://localhost:9999")
    .post("/crm/objects/2026-09/deals/batch/update")
    .reply(200, { results: [{ id: "1" }] }, date());
  for (const apiVersion of ["v3", "2026-09"]) {
    await writer({ apiVersion, baseUrl: "http://localhost:9999/" }).write([item("1")], signal);
  }
});
