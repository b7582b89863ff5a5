import nock from "nock";
import { expect, test } from "vitest";
import type { FieldSpec, WriteItem } from "#core/writeback.ts";
import {
  API,
  answer,
  describeGlobal,
  describeObject,
  HOST,
  JSON_HEADERS,
  login,
  onQuery,
  open,
  page,
  USER_ID,
  withoutNetwork,
} from "./support.ts";

withoutNetwork();

const signal = new AbortController().signal;
const STUCK: FieldSpec = { target: "deal", name: "stuck_since", label: "Stuck since", description: "Day", type: "date" };
const SHARE: FieldSpec = { target: "deal", name: "win_share", label: "Share", description: "Share", type: "percent", decimals: 4 };
const OWN = [
  { name: "Id", type: "id" },
  { name: "AccountId", type: "reference", updateable: true },
  { name: "Scorekeeper_Stuck_Since__c", type: "date", updateable: true },
  { name: "Scorekeeper_Win_Share__c", type: "percent", updateable: true, precision: 18, scale: 2 },
];
const id = (n: number): string => `006000000000${String(n).padStart(3, "0")}AAA`;
const item = (n: number): WriteItem => ({ target: "deal", id: id(n), values: { stuck_since: "2026-06-01" } });

async function started(fields: readonly (string | object)[] = OWN) {
  login();
  describeGlobal(["Opportunity"]);
  describeObject("Opportunity", fields);
  const opened = await open();
  const { writer } = opened.connector;
  if (writer === undefined) throw new Error("no writer");
  return { ...opened, writer };
}

interface Sent {
  allOrNone: boolean;
  records: { id: string; [field: string]: unknown }[];
}

function patch(reply: (sent: Sent) => readonly object[], sent: Sent[] = [], headers: Record<string, string> = {}): void {
  nock(HOST, { reqheaders: headers })
    .patch(`${API}/composite/sobjects`, (body) => {
      sent.push(body);
      return true;
    })
    .reply(200, () => reply(sent.at(-1) as Sent), JSON_HEADERS);
}

const good = (record: { id: string }): object => ({ id: record.id, success: true, errors: [] });
const bad = (statusCode: string, message = "no"): object => ({ success: false, errors: [{ statusCode, message, fields: [] }] });

test("at most 200 to a call, each with its result in its place; rows fail one by one", async () => {
  const { writer } = await started();
  const sent: Sent[] = [];
  const reply = (body: Sent): readonly object[] =>
    body.records.map((record) => (record.id === id(201) ? bad("ENTITY_IS_DELETED") : good(record)));
  patch(reply, sent, { "sforce-auto-assign": "FALSE" });
  patch(reply, sent, { "sforce-auto-assign": "FALSE" });
  const results = await writer.write(
    Array.from({ length: 250 }, (_, index) => item(index)),
    signal,
  );
  expect(sent.map(({ records }) => records.length)).toEqual([200, 50]);
  expect(sent[0]?.allOrNone).toBe(false);
  expect(sent[0]?.records[0]).toEqual({ attributes: { type: "Opportunity" }, id: id(0), Scorekeeper_Stuck_Since__c: "2026-06-01" });
  expect(results).toHaveLength(250);
  expect(results.flatMap((result, index) => (result.ok ? [] : [[index, result.error.code, result.error.recovery]]))).toEqual([
    [201, "salesforce.record_gone", "skip"],
  ]);
  expect(results[249]).toEqual({ ok: true, value: { id: id(249) } });
});

test("only locked rows are sent again; the name of the error may be under either key", async () => {
  const { writer } = await started();
  const sent: Sent[] = [];
  patch(
    ({ records }) =>
      records.map((record, index) =>
        index === 1
          ? bad("UNABLE_TO_LOCK_ROW")
          : index === 2
            ? { success: false, errors: [{ errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "Close date first" }] }
            : good(record),
      ),
    sent,
  );
  patch(({ records }) => records.map(good), sent);
  const results = await writer.write([item(1), item(2), item(3)], signal);
  expect(sent[1]?.records.map((record) => record.id)).toEqual([id(2)]);
  expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual(["ok", "ok", "salesforce.refused_by_rule"]);
});

test("a lock that stays is given back as due again, not thrown", async () => {
  const { writer } = await started();
  for (let attempt = 0; attempt < 4; attempt += 1) patch(({ records }) => records.map(() => bad("UNABLE_TO_LOCK_ROW")));
  const [only] = await writer.write([item(1)], signal);
  expect(only).toMatchObject({ ok: false, error: { code: "salesforce.locked", recovery: "retry" } });
});

test("records of one account are written side by side once their account is known", async () => {
  const { writer } = await started();
  const account = (n: number): string => `001000000000${String(n).padStart(3, "0")}AAA`;
  const queries: string[] = [];
  const rows = [1, 2, 3].map((n) => ({ Id: id(n), AccountId: account(n % 2), Scorekeeper_Stuck_Since__c: null }));
  onQuery(page(rows), queries, { path: "/query" });
  await writer.read("deal", [id(1), id(2), id(3)], ["stuck_since"], signal);
  const sent: Sent[] = [];
  patch(({ records }) => records.map(good), sent);
  const results = await writer.write([item(1), item(2), item(3)], signal);
  expect(sent[0]?.records.map((record) => record.id)).toEqual([id(2), id(1), id(3)]);
  expect(results).toEqual([1, 2, 3].map((n) => ({ ok: true, value: { id: id(n) } })));
  expect(queries[0]).toBe(
    `SELECT Id,AccountId,Scorekeeper_Stuck_Since__c FROM Opportunity WHERE Id IN ('${id(1)}','${id(2)}','${id(3)}') ORDER BY Id`,
  );
});

test("an answer of another length is asked again: results must not slip", async () => {
  const { writer } = await started();
  patch(() => []);
  patch(({ records }) => records.map(good));
  expect(await writer.write([item(1)], signal)).toEqual([{ ok: true, value: { id: id(1) } }]);
});

test("shares are percentages there; what comes back equals what was sent", async () => {
  const { writer } = await started();
  const sent: Sent[] = [];
  patch(({ records }) => records.map(good), sent);
  await writer.write([{ target: "deal", id: id(1), values: { win_share: 0.4583, stuck_since: null } }], signal);
  expect(sent[0]?.records[0]).toMatchObject({ Scorekeeper_Win_Share__c: 45.83, Scorekeeper_Stuck_Since__c: null });
  onQuery(page([{ Id: id(1), AccountId: null, Scorekeeper_Win_Share__c: 45.83, Scorekeeper_Stuck_Since__c: "2026-06-01" }]), [], {
    path: "/query",
  });
  expect(await writer.read("deal", [id(1)], ["win_share", "stuck_since"], signal)).toEqual([
    { id: id(1), values: { win_share: 0.4583, stuck_since: "2026-06-01" } },
  ]);
});

test("reading a field that is hidden says which grant is missing", async () => {
  const { writer } = await started(["Id"]);
  await expect(writer.read("deal", [id(1)], ["stuck_since"], signal)).rejects.toMatchObject({
    code: "salesforce.fields",
    recovery: "configure",
  });
});

test("readiness: missing, of another type, read-only, ready", async () => {
  const { writer } = await started(["Id"]);
  expect(await writer.readiness([STUCK], signal)).toMatchObject([{ ready: false, remedy: expect.stringContaining("Scorekeeper_Edit") }]);
  describeObject("Opportunity", [{ name: "Scorekeeper_Stuck_Since__c", type: "string", updateable: true }]);
  expect(await writer.readiness([STUCK], signal)).toMatchObject([{ ready: false, remedy: expect.stringContaining("type string") }]);
  describeObject("Opportunity", [{ name: "Scorekeeper_Stuck_Since__c", type: "date", updateable: false }]);
  expect(await writer.readiness([STUCK], signal)).toMatchObject([{ ready: false, remedy: expect.stringContaining("edit access") }]);
  describeObject("Opportunity", OWN);
  expect(await writer.readiness([STUCK, { ...STUCK, target: "rep" }], signal)).toMatchObject([{ ready: true }, { ready: false }]);
});

const SETS = ["0PS000000000001AAA", "0PS000000000002AAA"];

const isSet = (body: unknown): boolean => typeof body === "object" && body !== null && "Label" in body;

/** Answers to everything the grants ask for, with nothing there yet; keeps what was created. */
function emptyGrants(created: unknown[]): void {
  const setQueries = SETS.length;
  nock(HOST)
    .get(`${API}/query`)
    .query((query) => /FROM (PermissionSet|FieldPermissions|PermissionSetAssignment) /.test(String(query["q"])))
    .times(setQueries * 2 + 1)
    .reply(200, page([]), JSON_HEADERS);
  let sets = 0;
  nock(HOST)
    .post(/\/sobjects\/(PermissionSet|FieldPermissions|PermissionSetAssignment)$/, (body) => {
      created.push(body);
      return true;
    })
    .times(5)
    .reply(201, () => ({ id: isSet(created.at(-1)) ? SETS[sets++] : "01k000000000001AAA", success: true, errors: [] }), JSON_HEADERS);
}

test("provisioning creates the field, makes it visible to us and to readers, and says so", async () => {
  const { writer } = await started(["Id"]);
  const queries: string[] = [];
  onQuery(page([]), queries, { path: "/tooling/query" });
  let field: unknown;
  nock(HOST)
    .post(`${API}/tooling/sobjects/CustomField`, (body) => {
      field = body;
      return true;
    })
    .reply(201, { id: "00N000000000001AAA", success: true, errors: [] }, JSON_HEADERS);
  const created: unknown[] = [];
  emptyGrants(created);
  const outcomes = await writer.ensureFields([STUCK], { dryRun: false, signal });
  expect(outcomes).toEqual([{ field: STUCK, state: "created", detail: "Opportunity.Scorekeeper_Stuck_Since__c" }]);
  expect(field).toMatchObject({ FullName: "Opportunity.Scorekeeper_Stuck_Since__c", Metadata: { type: "Date", label: "Stuck since" } });
  expect(created).toMatchObject([
    { Name: "Scorekeeper_Edit" },
    {
      ParentId: SETS[0],
      SobjectType: "Opportunity",
      Field: "Opportunity.Scorekeeper_Stuck_Since__c",
      PermissionsRead: true,
      PermissionsEdit: true,
    },
    { AssigneeId: USER_ID, PermissionSetId: SETS[0] },
    { Name: "Scorekeeper_Read" },
    { ParentId: SETS[1], PermissionsRead: true, PermissionsEdit: false },
  ]);
});

test("a dry run only looks", async () => {
  const { writer } = await started(["Id"]);
  onQuery(page([]), [], { path: "/tooling/query" });
  expect(await writer.ensureFields([STUCK], { dryRun: true, signal })).toMatchObject([{ state: "would_create" }]);
});

test("a field of that name and another type is left alone", async () => {
  const { writer } = await started([{ name: "Scorekeeper_Stuck_Since__c", type: "string", updateable: true }]);
  expect(await writer.ensureFields([STUCK], { dryRun: false, signal })).toMatchObject([
    { state: "conflict", detail: expect.stringContaining("type string") },
  ]);
});

test("without the right to make fields it is refused with a remedy, and nothing is granted", async () => {
  const { writer } = await started(["Id"]);
  onQuery(page([]), [], { path: "/tooling/query" });
  nock(HOST)
    .post(`${API}/tooling/sobjects/CustomField`)
    .reply(403, [{ errorCode: "INSUFFICIENT_ACCESS", message: "insufficient access rights" }], JSON_HEADERS);
  expect(await writer.ensureFields([SHARE], { dryRun: false, signal })).toMatchObject([
    { state: "refused", detail: expect.stringContaining("Customize Application") },
  ]);
});

test("somebody made the field between our look and our request: it exists", async () => {
  const { writer } = await started(["Id"]);
  onQuery(page([]), [], { path: "/tooling/query" });
  nock(HOST)
    .post(`${API}/tooling/sobjects/CustomField`)
    .reply(
      400,
      [{ errorCode: "DUPLICATE_DEVELOPER_NAME", message: "There is already a field named Scorekeeper_Stuck_Since on Opportunity." }],
      JSON_HEADERS,
    );
  emptyGrants([]);
  expect(await writer.ensureFields([STUCK], { dryRun: false, signal })).toMatchObject([{ state: "exists" }]);
});

test("flows, triggers and rules are named; what the API hides is left out", async () => {
  login();
  const { connector } = await open();
  onQuery(page([{ Id: "3dd000000000001AAA", ApiName: "Score_Flow", Label: "Score flow", IsActive: true }]), [], { path: "/query" });
  onQuery(page([{ Id: "01q000000000001AAA", Name: "OppTrigger", Status: "Inactive" }]), [], { path: "/tooling/query" });
  answer(
    "/tooling/query?q=SELECT%20Id%2CValidationName%2CActive%20FROM%20ValidationRule%20WHERE%20EntityDefinition.QualifiedApiName%20%3D%20'Opportunity'",
    [{ errorCode: "INVALID_TYPE", message: "not supported" }],
    400,
  );
  onQuery(page([]), [], { path: "/tooling/query" });
  expect(await connector.writer?.automations("deal", signal)).toMatchObject([
    { kind: "flow", name: "Score flow", active: true, object: "Opportunity" },
    { kind: "trigger", name: "OppTrigger", active: false },
  ]);
});
