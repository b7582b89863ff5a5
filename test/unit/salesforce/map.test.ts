import { expect, test } from "vitest";
import { salesforceSettings } from "#connectors/salesforce/config.ts";
import { mapRow, mapRows, type Row } from "#connectors/salesforce/decode.ts";
import { crmUser, dealChanges, dealFields, pipelineOf, stageVersion } from "#connectors/salesforce/map.ts";
import { accountChanges, contactRoleChanges, leadChanges } from "#connectors/salesforce/map-parties.ts";
import { zone } from "#core/time/zone.ts";

const settings = (fields: object = {}) =>
  salesforceSettings.parse({
    auth: { kind: "client-credentials", clientId: "a", clientSecret: "b" },
    loginUrl: "https://acme.my.salesforce.com",
    fields,
  });
const standard = settings().fields;

const opportunity = (more: Row = {}): Row => ({
  attributes: { type: "Opportunity", url: "/x" },
  Id: "0067e00000RmwSW",
  Name: "Żółw 株式会社 🐢 <b>'x'</b>",
  OwnerId: "0057e00000RmwSWAAZ",
  AccountId: null,
  StageName: "Closed Won",
  CloseDate: "2026-03-31",
  CreatedDate: "2025-12-01T10:00:00.000+0000",
  SystemModstamp: "2026-03-31T08:01:02.000+0000",
  IsClosed: true,
  IsWon: true,
  IsDeleted: false,
  Amount: 1234.5,
  Probability: 100,
  ForecastCategory: "Closed",
  ...more,
});

test("an opportunity as a deal: long ids, text as it is, money as text, day without a zone", () => {
  expect(dealChanges(opportunity(), standard)).toEqual([
    {
      type: "deal",
      op: "upsert",
      record: {
        id: "0067e00000RmwSWAAZ",
        sourceUpdatedAt: "2026-03-31T08:01:02.000Z",
        name: "Żółw 株式会社 🐢 <b>'x'</b>",
        ownerId: "0057e00000RmwSWAAZ",
        accountId: null,
        productId: null,
        pipelineId: "default",
        stageId: "Closed Won",
        outcome: "won",
        createdAt: "2025-12-01T10:00:00.000Z",
        closeDay: "2026-03-31",
        closedAt: null,
        amountRaw: "1234.5",
        currency: null,
        forecastCategory: "closed",
        probability: 1,
        nextStep: null,
        source: null,
        segment: null,
        territoryId: null,
        lossReason: null,
        dimensions: {},
      },
    },
  ]);
});

test("a deleted one only says so, whatever else was emptied", () => {
  expect(dealChanges({ Id: "0067e00000RmwSWAAZ", IsDeleted: true, CloseDate: null, StageName: null }, standard)).toEqual([
    { type: "deal", op: "delete", id: "0067e00000RmwSWAAZ" },
  ]);
});

test.each([
  [true, true, "won"],
  [true, false, "lost"],
  [false, false, "open"],
] as const)("closed %s, won %s: %s", (IsClosed, IsWon, outcome) => {
  expect(dealChanges(opportunity({ IsClosed, IsWon }), standard)[0]).toMatchObject({ record: { outcome } });
});

test("no amount is not zero, and zero is not none", () => {
  expect(dealChanges(opportunity({ Amount: null }), standard)[0]).toMatchObject({ record: { amountRaw: null } });
  expect(dealChanges(opportunity({ Amount: 0 }), standard)[0]).toMatchObject({ record: { amountRaw: "0" } });
});

test("the forecast's API name, never its label, decides the category", () => {
  expect(dealChanges(opportunity({ ForecastCategory: "Forecast" }), standard)[0]).toMatchObject({ record: { forecastCategory: "commit" } });
  expect(dealChanges(opportunity({ ForecastCategory: "Commit" }), standard)[0]).toMatchObject({ record: { forecastCategory: null } });
});

test("configured fields are read, own ones and formulas of ours never", () => {
  const { fields } = settings({ amount: "ARR__c", segment: "Segment__c", dimensions: { industry: "Industry__c" } });
  expect(dealFields(fields)).toEqual(expect.arrayContaining(["ARR__c", "Segment__c", "Industry__c"]));
  expect(dealFields(fields)).not.toContain("Amount");
  const row = opportunity({ ARR__c: 7, Segment__c: "SMB", Industry__c: null });
  expect(dealChanges(row, fields)[0]).toMatchObject({ record: { amountRaw: "7", segment: "SMB", dimensions: { industry: null } } });
  expect(() => settings({ segment: "Scorekeeper_Tier__c" })).toThrow("we write ourselves");
  expect(dealFields(standard).filter((name) => /scorekeeper/i.test(name))).toEqual([]);
});

test("record types are pipelines; the master record type and none are the default one", () => {
  expect([pipelineOf(null), pipelineOf("012000000000000AAA"), pipelineOf("0127e00000RmwSWAAZ")]).toEqual([
    "default",
    "default",
    "0127e00000RmwSWAAZ",
  ]);
});

test("a stage goes by its API name; the label is for people, an inactive one is archived", () => {
  const row: Row = {
    Id: "01J000000000001AAA",
    ApiName: "Negotiation",
    MasterLabel: "Verhandlung",
    SortOrder: 4,
    DefaultProbability: 75,
    IsActive: false,
    IsClosed: false,
    IsWon: false,
    ForecastCategory: "BestCase",
  };
  expect(stageVersion(row, "default")).toMatchObject({
    id: "default/Negotiation",
    stageId: "Negotiation",
    label: "Verhandlung",
    order: 4,
    probability: 0.75,
    outcome: "open",
    forecastCategory: "best_case",
    archived: true,
  });
});

test.each([
  ["Standard", true, true],
  ["Standard", false, true],
  ["AutomatedProcess", true, false],
  ["CsnOnly", true, false],
] as const)("a user of type %s, active %s, is a person: %s", (UserType, IsActive, isPerson) => {
  const row = { Id: "0057e00000RmwSWAAZ", Name: "Ana", UserType, IsActive, ManagerId: null };
  expect(crmUser(row, null)).toMatchObject({ isPerson, active: IsActive });
  expect(crmUser(row, "0057e00000RmwSWAAZ").isPerson).toBe(false);
});

test("a merged account is a redirect, a deleted one a deletion", () => {
  const row = { Id: "0017e00000RmwSWAAZ", IsDeleted: true, MasterRecordId: "0017e00000RmwSXAAZ" };
  expect(accountChanges(row, standard)).toEqual([{ type: "account", op: "merge", loser: row.Id, winner: row.MasterRecordId }]);
  expect(accountChanges({ ...row, MasterRecordId: null }, standard)).toEqual([{ type: "account", op: "delete", id: row.Id }]);
});

const warsaw = zone("Europe/Warsaw");
const lead = (more: Row): Row => ({
  Id: "00Q7e00000RmwSWAAZ",
  CreatedDate: "2026-03-10T09:00:00.000+0000",
  IsConverted: true,
  ConvertedDate: "2026-03-10",
  ...more,
});

test("a lead's conversion: the moment of the deal it made, never before the lead itself", () => {
  const made = lead({
    ConvertedOpportunityId: "0067e00000RmwSWAAZ",
    ConvertedOpportunity: { CreatedDate: "2026-03-10T11:30:00.000+0000" },
  });
  expect(leadChanges(made, warsaw)[0]).toMatchObject({ record: { convertedAt: "2026-03-10T11:30:00.000Z", dealId: "0067e00000RmwSWAAZ" } });
  const intoExisting = lead({ ConvertedDate: "2026-03-12", ConvertedOpportunity: { CreatedDate: "2025-01-01T00:00:00.000+0000" } });
  expect(leadChanges(intoExisting, warsaw)[0]).toMatchObject({ record: { convertedAt: "2026-03-11T23:00:00.000Z" } });
  expect(leadChanges(lead({}), warsaw)[0]).toMatchObject({ record: { convertedAt: "2026-03-10T09:00:00.000Z" } });
  expect(leadChanges(lead({ IsConverted: false }), warsaw)[0]).toMatchObject({ record: { convertedAt: null } });
});

test("a contact role without its contact is none", () => {
  expect(contactRoleChanges({ Id: "00K7e00000RmwSWAAZ", OpportunityId: "0067e00000RmwSWAAZ", ContactId: null })).toMatchObject([
    { op: "delete" },
  ]);
});

test("a row that can't be read is put aside with its field; what no database keeps is replaced", () => {
  const { changes, rejects } = mapRows("deal", [opportunity({ Amount: "much" }), opportunity({ Name: "a\u0000b" })], (row) =>
    dealChanges(row, standard),
  );
  expect(rejects).toMatchObject([{ type: "deal", ref: "0067e00000RmwSW", code: "record.bad_field", reason: "Amount is not a number." }]);
  expect(changes).toMatchObject([{ record: { name: "a\uFFFDb" } }]);
  expect(mapRow("deal", { Name: "no id" }, (row) => dealChanges(row, standard)).rejects).toMatchObject([{ ref: "without an Id" }]);
});

test("plain http is for this machine only, and old API versions are refused", () => {
  const parse = (more: object) =>
    salesforceSettings.parse({
      auth: { kind: "client-credentials", clientId: "a", clientSecret: "b" },
      loginUrl: "https://a.example",
      ...more,
    });
  expect(parse({ loginUrl: "http://127.0.0.1:8080/" }).loginUrl).toBe("http://127.0.0.1:8080");
  expect(() => parse({ loginUrl: "http://acme.my.salesforce.com" })).toThrow();
  expect(() => parse({ loginUrl: "http://127.0.0.1.evil.example" })).toThrow();
  expect(() => parse({ apiVersion: "50.0" })).toThrow();
  expect(() => parse({ colour: "red" })).toThrow();
});
