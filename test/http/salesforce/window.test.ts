import nock from "nock";
import { expect, test } from "vitest";
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
  withoutNetwork,
} from "./support.ts";

withoutNetwork();

const FIELDS = [
  "Id",
  "Name",
  "StageName",
  "Amount",
  "CloseDate",
  "CreatedDate",
  "IsClosed",
  "IsWon",
  "IsDeleted",
  "OwnerId",
  "SystemModstamp",
];
const NEXT = `${API}/query/01gRO0000016PIAYA2-2000`;

const id = (n: number): string => `006000000000${String(n).padStart(3, "0")}AAA`;
const deal = (n: number, at: string, more: object = {}): object => ({
  attributes: { type: "Opportunity", url: `${API}/sobjects/Opportunity/${id(n)}` },
  Id: id(n),
  Name: `Deal ${n}`,
  StageName: "Prospecting",
  Amount: 1000.5,
  CloseDate: "2026-07-31",
  CreatedDate: "2026-01-01T00:00:00.000+0000",
  IsClosed: false,
  IsWon: false,
  IsDeleted: false,
  OwnerId: "005000000000001AAA",
  SystemModstamp: at,
  ...more,
});

async function started(settings: object = {}) {
  login();
  describeGlobal(["Opportunity"]);
  describeObject("Opportunity", FIELDS);
  return await open(settings);
}

test("a first reading has an end but no beginning, in the order of stamp and id, deleted rows included", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000"), deal(2, "2026-06-01T10:00:00.000+0000", { IsDeleted: true })]), seen);
  const pages = await readAll(opened, "deals");
  expect(seen).toEqual([
    "SELECT Id,Name,OwnerId,StageName,CloseDate,CreatedDate,IsClosed,IsWon,IsDeleted,Amount,SystemModstamp FROM Opportunity " +
      "WHERE SystemModstamp < 2026-06-30T11:55:00Z ORDER BY SystemModstamp,Id",
  ]);
  expect(pages).toHaveLength(1);
  expect(pages[0]?.changes.map(({ op }) => op)).toEqual(["upsert", "delete"]);
  expect(pages[0]?.changes[0]).toMatchObject({
    record: { id: id(1), amountRaw: "1000.5", closeDay: "2026-07-31", pipelineId: "default", outcome: "open" },
  });
  expect(pages[0]?.checkpoint.data).toMatchObject({ readUpTo: "2026-06-30T11:55:00.000Z", span: null });
});

test("the next reading starts before the last one's end and ends before the server's now", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery(page([]), seen);
  const first = await readAll(opened, "deals");
  await opened.clock.advance(3_600_000);
  describeAgain(opened, "Opportunity", FIELDS);
  onQuery(page([]), seen);
  const second = await readAll(opened, "deals", first.at(-1)?.checkpoint ?? null);
  expect(seen[1]).toContain("WHERE SystemModstamp >= 2026-06-30T11:40:00Z AND SystemModstamp < 2026-06-30T12:55:00Z ORDER BY");
  expect(second.at(-1)?.checkpoint.data).toMatchObject({ readUpTo: "2026-06-30T12:55:00.000Z" });
});

test("nothing has settled since: no query, no page", async () => {
  const opened = await started();
  onQuery(page([]), []);
  const first = await readAll(opened, "deals");
  describeAgain(opened, "Opportunity", FIELDS);
  expect(await readAll(opened, "deals", first.at(-1)?.checkpoint ?? null)).toEqual([]);
});

test("the server's clock counts, not the host's", async () => {
  login();
  const tomorrow = new Date("2026-07-01T12:00:00Z").toUTCString();
  nock(HOST)
    .get(`${API}/sobjects`)
    .reply(200, { sobjects: [{ name: "Opportunity", queryable: true }] }, { ...JSON_HEADERS, date: tomorrow });
  nock(HOST)
    .get(`${API}/sobjects/Opportunity/describe`)
    .reply(200, { name: "Opportunity", fields: FIELDS.map((name) => ({ name })) }, { ...JSON_HEADERS, date: tomorrow });
  const seen: string[] = [];
  onQuery(page([]), seen);
  await readAll(await open(), "deals");
  expect(seen[0]).toContain("SystemModstamp < 2026-07-01T11:55:00Z");
});

test("resumed between pages, it goes on behind the last row, also among rows of one second", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000"), deal(2, "2026-06-01T10:00:00.000+0000")], NEXT), seen);
  answer("/query/01gRO0000016PIAYA2-2000", page([deal(3, "2026-06-01T10:00:00.000+0000")]));
  const pages = await readAll(opened, "deals");
  expect(pages).toHaveLength(2);
  describeAgain(opened, "Opportunity", FIELDS);
  onQuery(page([deal(3, "2026-06-01T10:00:00.000+0000")]), seen);
  await readAll(opened, "deals", pages[0]?.checkpoint ?? null);
  expect(seen[1]).toContain(
    "WHERE SystemModstamp >= 2026-06-01T10:00:00Z AND SystemModstamp < 2026-06-30T11:55:00Z AND " +
      `((SystemModstamp > 2026-06-01T10:00:00Z) OR (SystemModstamp = 2026-06-01T10:00:00Z AND Id > '${id(2)}')) ORDER BY SystemModstamp,Id`,
  );
});

test("a lost place in the result is found again from the last row", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000")], NEXT), seen);
  answer("/query/01gRO0000016PIAYA2-2000", [{ message: "invalid query locator", errorCode: "INVALID_QUERY_LOCATOR" }], 400);
  onQuery(page([deal(2, "2026-06-01T10:00:01.000+0000")]), seen);
  const pages = await readAll(opened, "deals");
  expect(pages.flatMap(({ changes }) => changes)).toHaveLength(2);
  expect(seen[1]).toContain(`Id > '${id(1)}'`);
});

test("a query that takes too long is asked over half the span, and the rest after it", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery([{ message: "timeout", errorCode: "QUERY_TIMEOUT" }], seen, { status: 400 });
  onQuery(page([deal(1, "2001-06-01T10:00:00.000+0000")]), seen);
  onQuery(page([deal(2, "2026-06-01T10:00:00.000+0000")]), seen);
  const pages = await readAll(opened, "deals");
  const ends = seen.map((query) => /SystemModstamp < (\S+)/.exec(query)?.[1]);
  expect(ends[1]! < ends[0]!).toBe(true);
  expect(ends[2]).toBe(ends[0]);
  expect(pages.flatMap(({ changes }) => changes)).toHaveLength(2);
});

test("a next page on another host is refused: it would be sent our token", async () => {
  const opened = await started();
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000")], "https://evil.example/services/data/v66.0/query/x"), []);
  await expect(readAll(opened, "deals")).rejects.toMatchObject({ code: "salesforce.foreign_page", recovery: "abort" });
});

test("a page that names itself as the next one is a loop", async () => {
  const opened = await started();
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000")], NEXT), []);
  answer("/query/01gRO0000016PIAYA2-2000", page([deal(2, "2026-06-01T10:00:00.000+0000")], NEXT));
  await expect(readAll(opened, "deals")).rejects.toMatchObject({ code: "salesforce.paging", recovery: "abort" });
});

test("a field hidden while we run is dropped; once it is back, everything is read again", async () => {
  const opened = await started();
  const seen: string[] = [];
  onQuery([{ message: "No such column 'Amount' on entity 'Opportunity'", errorCode: "INVALID_FIELD" }], seen, { status: 400 });
  describeObject(
    "Opportunity",
    FIELDS.filter((name) => name !== "Amount"),
  );
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000", { Amount: undefined })]), seen);
  const pages = await readAll(opened, "deals");
  expect(seen[1]).not.toContain("Amount");
  expect(pages[0]?.changes[0]).toMatchObject({ record: { amountRaw: null } });

  login();
  describeGlobal(["Opportunity"]);
  describeObject("Opportunity", FIELDS);
  const later = await open();
  await later.clock.advance(3_600_000);
  onQuery(page([]), seen);
  await readAll(later, "deals", pages[0]?.checkpoint ?? null);
  expect(seen[2]).not.toContain(">=");
});

test("a query about a field that is there still fails as it should", async () => {
  const opened = await started();
  onQuery([{ message: "unexpected token", errorCode: "MALFORMED_QUERY" }], [], { status: 400 });
  describeObject("Opportunity", FIELDS);
  await expect(readAll(opened, "deals")).rejects.toMatchObject({ code: "salesforce.schema", recovery: "configure" });
});

test("absent multi-currency, record types and territories are normal, an object not offered too", async () => {
  login();
  describeGlobal(["Opportunity"]);
  expect(await readAll(await open(), "emails")).toEqual([]);
});

test("an unreadable row is put aside, the others go on", async () => {
  const opened = await started();
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000", { CloseDate: "soon" }), deal(2, "2026-06-01T10:00:00.000+0000")]), []);
  const [only] = await readAll(opened, "deals");
  expect(only?.rejects).toMatchObject([{ type: "deal", ref: id(1), code: "record.bad_field", reason: "CloseDate is not a date." }]);
  expect(only?.changes).toHaveLength(1);
  expect(only?.received).toBe(2);
});

test("each request is booked once and usage is passed on from the header", async () => {
  const opened = await started();
  nock(HOST)
    .get(`${API}/queryAll`)
    .query(true)
    .reply(200, page([]), { ...JSON_HEADERS, "sforce-limit-info": "api-usage=17/15000" });
  await readAll(opened, "deals");
  expect(opened.calls.count).toBe(3);
  expect(opened.usage.at(-1)).toEqual({ used: 17, limit: 15_000 });
});

test("an answer cut in the middle of its body is asked for again", async () => {
  const opened = await started();
  const body = JSON.stringify(page([deal(1, "2026-06-01T10:00:00.000+0000")]));
  nock(HOST).get(`${API}/queryAll`).query(true).reply(200, body.slice(0, 60), JSON_HEADERS);
  onQuery(page([deal(1, "2026-06-01T10:00:00.000+0000")]), []);
  expect((await readAll(opened, "deals")).flatMap(({ changes }) => changes)).toHaveLength(1);
});

test("a checkpoint of another make is refused, never guessed", async () => {
  const opened = await started();
  await expect(readAll(opened, "deals", { v: 1, data: { readUpTo: "yesterday", span: null, fields: [] } })).rejects.toMatchObject({
    code: "sync.checkpoint",
    recovery: "abort",
  });
});
