import nock from "nock";
import { expect, test } from "vitest";
import type { Change } from "#core/records.ts";
import {
  API,
  answer,
  describeAgain,
  describeGlobal,
  describeObject,
  HOST,
  JSON_HEADERS,
  login,
  onQuery,
  open,
  page,
  readAll,
  USER_ID,
  withoutNetwork,
} from "./support.ts";

withoutNetwork();

const deal = (n: number): string => `006000000000${String(n).padStart(3, "0")}AAA`;
const entry = (n: number, of: number, stage: string): object => ({
  Id: `008000000000${String(n).padStart(3, "0")}AAA`,
  OpportunityId: deal(of),
  Opportunity: { CreatedDate: "2026-01-01T00:00:00.000+0000" },
  CreatedDate: `2026-01-01T00:00:${String(n).padStart(2, "0")}.000+0000`,
  StageName: stage,
  Amount: null,
  CloseDate: null,
  ForecastCategory: null,
  IsDeleted: false,
});
const LOG = [
  "Id",
  { name: "OpportunityId", relationshipName: "Opportunity" },
  "CreatedDate",
  "CreatedById",
  "StageName",
  "Amount",
  "CloseDate",
  "ForecastCategory",
  "IsDeleted",
  "SystemModstamp",
];
const NEXT = `${API}/query/01g-2000`;
const stagesOf = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) =>
    change.type === "stageEntry" && change.op === "upsert" ? [`${change.record.dealId.slice(12, 15)} ${change.record.stageId}`] : [],
  );

async function started(objects: Readonly<Record<string, readonly (string | object)[]>>, settings: object = {}) {
  login();
  describeGlobal(Object.keys(objects));
  for (const [name, fields] of Object.entries(objects)) describeObject(name, fields);
  return await open(settings);
}

test("the stage log is first read in the order of deals; a log is never split between pages of ours", async () => {
  const opened = await started({ OpportunityHistory: LOG, Opportunity: ["Id", "SystemModstamp"] });
  const seen: string[] = [];
  onQuery(page([entry(1, 1, "A"), entry(2, 1, "B"), entry(3, 2, "A")], NEXT), seen);
  answer("/query/01g-2000", page([entry(4, 2, "B"), entry(5, 3, "A")]));
  const pages = await readAll(opened, "stage-history");
  expect(seen).toEqual([
    "SELECT Id,OpportunityId,CreatedDate,CreatedById,StageName,Amount,CloseDate,ForecastCategory,IsDeleted,Opportunity.RecordTypeId,Opportunity.CreatedDate " +
      "FROM OpportunityHistory ORDER BY OpportunityId,CreatedDate,Id",
  ]);
  expect(pages.map(({ changes }) => stagesOf(changes))).toEqual([
    ["001 A", "001 B"],
    ["002 A", "002 B", "003 A"],
  ]);
  expect(pages[0]?.checkpoint.data).toEqual({ scan: { since: "2026-06-30T11:55:00.000Z", after: deal(1) } });

  onQuery(page([entry(3, 2, "A"), entry(4, 2, "B"), entry(5, 3, "A")]), seen);
  describeAgain(opened, "OpportunityHistory", LOG);
  const rest = await readAll(opened, "stage-history", pages[0]?.checkpoint ?? null);
  expect(seen[1]).toContain(`WHERE OpportunityId > '${deal(1)}' ORDER BY`);
  expect(rest.flatMap(({ changes }) => stagesOf(changes))).toEqual(["002 A", "002 B", "003 A"]);
  expect(rest.at(-1)?.checkpoint).toEqual(pages.at(-1)?.checkpoint);
});

test("a place lost in the first reading is found again behind the last whole deal", async () => {
  const opened = await started({ OpportunityHistory: LOG, Opportunity: ["Id", "SystemModstamp"] });
  const seen: string[] = [];
  onQuery(page([entry(1, 1, "A"), entry(2, 2, "A")], NEXT), seen);
  answer("/query/01g-2000", [{ errorCode: "INVALID_QUERY_LOCATOR", message: "invalid query locator" }], 400);
  onQuery(page([entry(2, 2, "A"), entry(3, 2, "B")]), seen);
  const pages = await readAll(opened, "stage-history");
  expect(seen[1]).toContain(`OpportunityId > '${deal(1)}'`);
  expect(pages.flatMap(({ changes }) => stagesOf(changes))).toEqual(["001 A", "002 A", "002 B"]);
});

test("afterwards the logs of changed deals are read whole, a few hundred to a query", async () => {
  const opened = await started({ OpportunityHistory: LOG, Opportunity: ["Id", "SystemModstamp"] });
  const seen: string[] = [];
  onQuery(page([]), seen);
  const first = await readAll(opened, "stage-history");
  await opened.clock.advance(3_600_000);
  describeAgain(opened, "OpportunityHistory", LOG);
  onQuery(page([{ Id: deal(2), SystemModstamp: "2026-06-30T12:10:00.000+0000" }]), seen);
  onQuery(page([entry(1, 2, "A"), entry(2, 2, "B")]), seen);
  const pages = await readAll(opened, "stage-history", first.at(-1)?.checkpoint ?? null);
  expect(seen[1]).toBe(
    "SELECT Id,SystemModstamp FROM Opportunity WHERE SystemModstamp >= 2026-06-30T11:40:00Z AND SystemModstamp < 2026-06-30T12:55:00Z ORDER BY SystemModstamp,Id",
  );
  expect(seen[2]).toContain(`FROM OpportunityHistory WHERE OpportunityId IN ('${deal(2)}') ORDER BY OpportunityId,CreatedDate,Id`);
  expect(stagesOf(pages[0]?.changes ?? [])).toEqual(["002 A", "002 B"]);
});

test("mails with a record of their own are asked for by their tasks", async () => {
  const task = (n: number, TaskSubtype: string): object => ({
    Id: `00T000000000${String(n).padStart(3, "0")}AAA`,
    TaskSubtype,
    IsClosed: true,
    SystemModstamp: "2026-06-01T00:00:00.000+0000",
  });
  const opened = await started({
    Task: ["Id", "TaskSubtype", "IsClosed", "SystemModstamp"],
    EmailMessage: ["Id", "ActivityId", "Status", "IsDeleted"],
  });
  const seen: string[] = [];
  onQuery(page([task(1, "Email"), task(2, "Call"), task(3, "Email")]), seen);
  onQuery(
    page([
      { Id: "02s000000000001AAA", ActivityId: "00T000000000001AAA", Status: "3", IsDeleted: false },
      { Id: "02s000000000002AAA", ActivityId: "00T000000000003AAA", Status: "3", IsDeleted: true },
    ]),
    seen,
  );
  const [only] = await readAll(opened, "tasks");
  expect(seen[1]).toBe(
    "SELECT Id,ActivityId,Status,IsDeleted FROM EmailMessage WHERE ActivityId IN ('00T000000000001AAA','00T000000000003AAA') ORDER BY Id",
  );
  expect(only?.changes.map(({ op }) => op)).toEqual(["delete", "upsert", "upsert"]);
});

const STAGES = [
  { Id: "01J000000000001AAA", ApiName: "A", MasterLabel: "First", SortOrder: 1, IsActive: true, IsClosed: false, IsWon: false },
  { Id: "01J000000000002AAA", ApiName: "Won", MasterLabel: "Won", SortOrder: 2, IsActive: true, IsClosed: true, IsWon: true },
];
const STAGE_FIELDS = ["Id", "ApiName", "MasterLabel", "SortOrder", "IsActive", "IsClosed", "IsWon"];
const RECORD_TYPE = "0120000000000RTAAA";

test("a pipeline per record type, with the stages it offers; all of them where that can't be asked", async () => {
  const opened = await started({
    OpportunityStage: STAGE_FIELDS,
    Opportunity: ["Id", "RecordTypeId"],
    RecordType: ["Id", "Name", "SobjectType", "IsActive"],
  });
  onQuery(page(STAGES), [], { path: "/query" });
  onQuery(page([{ Id: RECORD_TYPE, Name: "Renewals", IsActive: true }]), [], { path: "/query" });
  answer(`/ui-api/object-info/Opportunity/picklist-values/${RECORD_TYPE}/StageName`, { values: [{ value: "Won", label: "Won" }] });
  const [only] = await readAll(opened, "pipelines");
  const ids = only?.changes.flatMap((change) => (change.op === "upsert" ? [change.record.id] : []));
  expect(ids).toEqual(["default", RECORD_TYPE, "default/A", "default/Won", `${RECORD_TYPE}/Won`]);
});

test("without record types there is one pipeline", async () => {
  const opened = await started({ OpportunityStage: STAGE_FIELDS, Opportunity: ["Id"] });
  onQuery(page(STAGES), [], { path: "/query" });
  const [only] = await readAll(opened, "pipelines");
  expect(only?.changes.filter(({ type }) => type === "pipeline")).toMatchObject([{ record: { id: "default" } }]);
});

test("users with managers, roles as teams; queues and ourselves are nobody", async () => {
  const opened = await started({
    User: ["Id", "Name", "UserType", "IsActive", "ManagerId", "UserRoleId"],
    UserRole: ["Id", "Name", "ParentRoleId"],
    Group: ["Id", "Name", "Type"],
  });
  const user = { Name: "Ana", UserType: "Standard", IsActive: true };
  onQuery(
    page([
      { ...user, Id: USER_ID },
      { ...user, Id: "005000000000002AAA", ManagerId: "005000000000003AAA", UserRoleId: "00E000000000001AAA" },
    ]),
    [],
    { path: "/query" },
  );
  onQuery(page([{ Id: "00E000000000001AAA", Name: "EMEA", ParentRoleId: null }]), [], { path: "/query" });
  const seen: string[] = [];
  onQuery(page([{ Id: "00G000000000001AAA", Name: "Inbox" }]), seen, { path: "/query" });
  const [only] = await readAll(opened, "users");
  expect(seen[0]).toContain("FROM Group WHERE Type = 'Queue'");
  const people = only?.changes.flatMap((change) =>
    change.type === "user" && change.op === "upsert" ? [[change.record.id, change.record.isPerson]] : [],
  );
  expect(people).toEqual([
    [USER_ID, false],
    ["005000000000002AAA", true],
    ["00G000000000001AAA", false],
  ]);
  expect(only?.changes).toContainEqual({
    type: "membership",
    op: "upsert",
    record: { id: "005000000000002AAA:role", teamId: "00E000000000001AAA", userId: "005000000000002AAA", isPrimary: true },
  });
});

test("of several forecast types one is taken, never their sum", async () => {
  const opened = await started({
    ForecastingQuota: ["Id", "QuotaOwnerId", "StartDate", "PeriodId", "QuotaAmount", "ForecastingTypeId"],
    ForecastingType: ["Id", "DeveloperName"],
    Period: ["Id", "StartDate", "EndDate"],
  });
  const quota = (n: number, type: string): object => ({
    Id: `0J900000000000${n}AAA`,
    QuotaOwnerId: USER_ID,
    StartDate: "2026-01-01",
    QuotaAmount: 100 * n,
    ForecastingTypeId: type,
  });
  onQuery(page([quota(1, "0Db000000000001AAA"), quota(2, "0Db000000000002AAA")]), [], { path: "/query" });
  onQuery(
    page([
      { Id: "0Db000000000001AAA", DeveloperName: "OpportunitySplits" },
      { Id: "0Db000000000002AAA", DeveloperName: "OpportunityRevenue" },
    ]),
    [],
    { path: "/query" },
  );
  onQuery(page([]), [], { path: "/query" });
  const [only] = await readAll(opened, "quotas");
  expect(only?.changes).toMatchObject([
    { op: "upsert", record: { valueRaw: "200" } },
    { op: "present", ids: ["0J9000000000002AAA"] },
  ]);
});

test("the sweep lists every id in order, is then quiet until it is due, and stops at ids out of order", async () => {
  const opened = await started({ Opportunity: ["Id", "IsDeleted", "SystemModstamp"] });
  const seen: string[] = [];
  onQuery(page([{ Id: deal(1) }, { Id: deal(2) }]), seen, { path: "/query" });
  const first = await readAll(opened, "deal-sweep");
  expect(seen).toEqual(["SELECT Id FROM Opportunity WHERE IsDeleted = false ORDER BY Id LIMIT 2000"]);
  expect(first.map(({ changes }) => changes)).toEqual([
    [{ type: "deal", op: "present", ids: [deal(1), deal(2)], within: { order: "text", after: null, upTo: null } }],
  ]);
  const again = ["Id", "IsDeleted", "SystemModstamp"];
  describeAgain(opened, "Opportunity", again);
  expect(await readAll(opened, "deal-sweep", first.at(-1)?.checkpoint ?? null)).toEqual([]);
  await opened.clock.advance(8 * 86_400_000);
  describeAgain(opened, "Opportunity", again);
  onQuery(page([{ Id: deal(2) }, { Id: deal(1) }]), seen, { path: "/query" });
  await expect(readAll(opened, "deal-sweep", first.at(-1)?.checkpoint ?? null)).rejects.toMatchObject({
    code: "salesforce.id_order",
    recovery: "abort",
  });
});

test("the sweep goes on behind the last full page", async () => {
  const ids = Array.from({ length: 2_000 }, (_, index) => ({ Id: `0060000000${String(index).padStart(5, "0")}AAA` }));
  const opened = await started({ Opportunity: ["Id", "SystemModstamp"] });
  const seen: string[] = [];
  onQuery(page(ids.slice(0, 1_200), NEXT), seen, { path: "/query" });
  answer("/query/01g-2000", page(ids.slice(1_200)));
  onQuery(page([]), seen, { path: "/query" });
  const pages = await readAll(opened, "deal-sweep");
  expect(seen[1]).toContain(`Id > '${ids[1_999]?.Id}'`);
  expect(pages.map(({ changes }) => changes[0])).toMatchObject([
    { within: { after: null, upTo: ids[1_999]?.Id } },
    { ids: [], within: { after: ids[1_999]?.Id, upTo: null } },
  ]);
});

test("reconcile gives every deal as Salesforce has it", async () => {
  const opened = await started({
    Opportunity: ["Id", "RecordTypeId", "CloseDate", "IsClosed", "IsWon", "Amount", "CurrencyIsoCode", "SystemModstamp"],
  });
  onQuery(
    page([
      {
        Id: deal(1),
        RecordTypeId: RECORD_TYPE,
        CloseDate: "2026-03-31",
        IsClosed: true,
        IsWon: true,
        Amount: 5,
        CurrencyIsoCode: "PLN",
        SystemModstamp: "2026-03-31T10:00:00.000+0000",
      },
    ]),
    [],
    { path: "/query" },
  );
  const rows = [];
  for await (const row of opened.connector.reconcileRows?.(new AbortController().signal) ?? []) rows.push(row);
  expect(rows).toEqual([
    {
      id: deal(1),
      pipelineId: RECORD_TYPE,
      closeDay: "2026-03-31",
      outcome: "won",
      amountRaw: "5",
      currency: "PLN",
      updatedAt: "2026-03-31T10:00:00.000Z",
    },
  ]);
});

test("the check names what is missing and who grants it", async () => {
  login();
  describeGlobal(["Opportunity", "OpportunityStage", "User"]);
  nock(HOST)
    .get(`${API}/limits`)
    .reply(200, { DailyApiRequests: { Max: 15_000, Remaining: 100 } }, JSON_HEADERS);
  describeObject("Opportunity", ["Id", "Name"]);
  describeObject("OpportunityStage", ["Id"]);
  describeObject("User", ["Id"]);
  onQuery(page([{ Id: "00D000000000001AAA", Name: "Acme" }]), [], { path: "/query" });
  const report = await (await open()).connector.check(new AbortController().signal);
  const lines = new Map(report.lines.map((line) => [line.what, line]));
  expect(report.account).toBe("Acme");
  expect(lines.get("API calls")).toMatchObject({ ok: false, detail: expect.stringContaining("100 of 15000") });
  expect(lines.get("Task")).toMatchObject({ ok: false, detail: expect.stringContaining("Read and View All on Task") });
  expect(lines.get("Opportunity fields")).toMatchObject({ ok: false, detail: expect.stringContaining("Amount") });
  expect(lines.get("EmailMessage")).toMatchObject({ ok: true, detail: expect.stringContaining("Enhanced Email is off") });
});

test("links go to the org's own host", async () => {
  const { connector } = await open();
  expect(connector.recordUrl("deal", "006000000000001")).toBe(`${HOST}/lightning/r/Opportunity/006000000000001AAA/view`);
  expect(connector.recordUrl("deal", "javascript:alert(1)")).toBeNull();
  expect(connector.recordUrl("stageEntry", deal(1))).toBeNull();
  expect((await open({ loginUrl: "https://login.salesforce.com" })).connector.recordUrl("deal", deal(1))).toBeNull();
});
