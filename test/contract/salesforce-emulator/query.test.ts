import { describe, expect, test } from "vitest";
import { connected, sandbox } from "./support.ts";

describe("SOQL", () => {
  test("follows parents, filters by them and leaves deleted rows out", async () => {
    const org = await sandbox();
    const all = await org.query(
      "SELECT Id, Name, StageName, Owner.Name, Owner.Manager.Email, Account.Name, RecordType.DeveloperName FROM Opportunity ORDER BY Id",
    );
    expect(all.totalSize).toBeGreaterThan(40);
    const [first] = all.records;
    expect(first.attributes).toEqual({ type: "Opportunity", url: `/services/data/v62.0/sobjects/Opportunity/${first.Id}` });
    expect(first.Owner.attributes.type).toBe("User");
    const same = await org.query(`SELECT COUNT() FROM Opportunity WHERE Owner.Name = '${first.Owner.Name.replaceAll("'", "\\'")}'`);
    expect(same.totalSize).toBe(all.records.filter((record: { Owner: { Name: string } }) => record.Owner.Name === first.Owner.Name).length);
    expect(same.records).toEqual([]);

    org.org.remove("Opportunity", first.Id);
    expect((await org.query(`SELECT Id FROM Opportunity WHERE Id = '${first.Id}'`)).totalSize).toBe(0);
    const gone = await org.call(
      "GET",
      `/queryAll?q=${encodeURIComponent(`SELECT Id, IsDeleted, SystemModstamp FROM Opportunity WHERE Id = '${first.Id}'`)}`,
    );
    expect(gone.json.records).toMatchObject([{ IsDeleted: true, SystemModstamp: "2026-06-30T12:00:00.000+0000" }]);
  });

  test.each([
    ["Amount > 10000 AND IsClosed = false", (row: Row) => Number(row.Amount) > 10_000 && row.Amount !== null && !row.IsClosed],
    ["NextStep = null OR Amount = null", (row: Row) => row.NextStep === null || row.Amount === null],
    ["StageName != 'Closed won'", (row: Row) => row.StageName !== "Closed won"],
    ["stagename = 'CLOSED WON'", (row: Row) => row.StageName === "Closed won"],
    ["StageName IN ('Closed won','Closed lost')", (row: Row) => ["Closed won", "Closed lost"].includes(row.StageName)],
    ["StageName NOT IN ('Closed won','Closed lost')", (row: Row) => !["Closed won", "Closed lost"].includes(row.StageName)],
    ["NOT (IsWon = TRUE OR StageName LIKE '%lost')", (row: Row) => !row.IsWon && !row.StageName.endsWith("lost")],
    [
      "(IsWon = TRUE OR IsClosed = FALSE) AND CloseDate < 2026-06-01",
      (row: Row) => (row.IsWon || !row.IsClosed) && row.CloseDate < "2026-06-01",
    ],
    ["CloseDate = THIS_QUARTER", (row: Row) => row.CloseDate >= "2026-04-01" && row.CloseDate < "2026-07-01"],
    ["CALENDAR_YEAR(CloseDate) = 2025", (row: Row) => row.CloseDate.startsWith("2025")],
    [
      "SystemModstamp >= 2026-06-01T02:00:00%2B02:00".replace("%2B", "+"),
      (row: Row) => row.SystemModstamp >= "2026-06-01T00:00:00.000+0000",
    ],
  ] as const)("WHERE %s", async (where, expected) => {
    const org = await sandbox();
    const fields = "Id, Amount, IsClosed, IsWon, NextStep, StageName, CloseDate, SystemModstamp";
    const all: Row[] = (await org.query(`SELECT ${fields} FROM Opportunity`)).records;
    const some: Row[] = (await org.query(`SELECT ${fields} FROM Opportunity WHERE ${where}`)).records;
    expect(some.map(({ Id }) => Id).sort()).toEqual(
      all
        .filter(expected)
        .map(({ Id }) => Id)
        .sort(),
    );
    expect(some.length).toBeGreaterThan(0);
  });

  test("semi-joins, child queries, order with nulls first, limit and offset", async () => {
    const org = await sandbox();
    const won = await org.query(
      "SELECT Id, (SELECT Quantity FROM OpportunityLineItems) FROM Opportunity WHERE IsWon = TRUE AND HasOpportunityLineItem = true",
    );
    expect(won.records[0].OpportunityLineItems).toMatchObject({ done: true });
    const ids = won.records.map(({ Id }: { Id: string }) => Id);
    const tasks = await org.query(
      "SELECT WhatId FROM Task WHERE WhatId IN (SELECT Id FROM Opportunity WHERE IsWon = TRUE AND HasOpportunityLineItem = true)",
    );
    expect(tasks.totalSize).toBeGreaterThan(0);
    expect(tasks.records.every(({ WhatId }: { WhatId: string }) => ids.includes(WhatId))).toBe(true);
    const ordered = (await org.query("SELECT Amount, Id FROM Opportunity ORDER BY Amount ASC, Id DESC")).records;
    expect(ordered[0].Amount).toBeNull();
    expect((await org.query("SELECT Amount, Id FROM Opportunity ORDER BY Amount ASC NULLS LAST LIMIT 3 OFFSET 1")).records).toHaveLength(3);
  });

  test("aggregates count by group and sum money in the organisation's currency", async () => {
    const org = await sandbox();
    const rows: Row[] = (await org.query("SELECT Amount, StageName, CurrencyIsoCode FROM Opportunity WHERE Amount != null")).records;
    const rates = new Map(
      (await org.query("SELECT IsoCode, ConversionRate FROM CurrencyType")).records.map(
        (row: { IsoCode: string; ConversionRate: number }) => [row.IsoCode, row.ConversionRate],
      ),
    );
    const groups = await org.query("SELECT StageName, COUNT(Id) n, SUM(Amount) FROM Opportunity WHERE Amount != null GROUP BY StageName");
    expect(groups.records.length).toBeGreaterThan(4);
    for (const group of groups.records) {
      const own = rows.filter(({ StageName }) => StageName === group.StageName);
      expect(group.attributes).toEqual({ type: "AggregateResult" });
      expect(group.n).toBe(own.length);
      expect(group.expr0).toBeCloseTo(
        own.reduce((sum, row) => sum + Number(row.Amount) / Number(rates.get(row.CurrencyIsoCode)), 0),
        4,
      );
    }
  });

  test.each([
    ["SELECT Score__c FROM Opportunity", "INVALID_FIELD", "No such column 'Score__c' on entity 'Opportunity'"],
    ["SELECT Id FROM Oppo", "INVALID_TYPE", "sObject type 'Oppo' is not supported"],
    ["SELECT Id FROM", "MALFORMED_QUERY", ""],
    ["SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z", "INVALID_FIELD", "must be of type date"],
    ["SELECT Id FROM Opportunity WHERE Amount = '5'", "INVALID_FIELD", "should not be enclosed in quotes"],
    ["SELECT Id FROM Opportunity WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"],
    ["SELECT Id FROM OpportunityFieldHistory WHERE NewValue = 'x'", "INVALID_FIELD", "can not be filtered"],
    ["SELECT Id FROM OpportunityFieldHistory WHERE SystemModstamp > 2026-01-01T00:00:00Z", "INVALID_FIELD", "SystemModstamp"],
    ["SELECT IsDeleted FROM OpportunityStage", "INVALID_FIELD", "IsDeleted"],
    ["SELECT Id FROM CustomField", "INVALID_TYPE", "CustomField"],
  ])("%s is refused with %s", async (soql, errorCode, message) => {
    const org = await sandbox();
    const answer = await org.call("GET", `/query?q=${encodeURIComponent(soql)}`);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual([{ errorCode, message: expect.stringContaining(message) }]);
  });
});

interface Row {
  Id: string;
  Amount: number | null;
  IsClosed: boolean;
  IsWon: boolean;
  NextStep: string | null;
  StageName: string;
  CloseDate: string;
  CurrencyIsoCode: string;
  SystemModstamp: string;
}

describe("paging", () => {
  test("goes by locators to the end, however small the page that was asked for", async () => {
    const org = await sandbox({ deals: 500 });
    const ids: string[] = [];
    let page = (await org.call("GET", "/query?q=SELECT+Id+FROM+Opportunity", undefined, { "sforce-query-options": "batchSize=200" })).json;
    for (;;) {
      ids.push(...page.records.map(({ Id }: { Id: string }) => Id));
      if (page.done) break;
      page = (await org.call("GET", page.nextRecordsUrl)).json;
    }
    expect(ids).toHaveLength(page.totalSize);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(400);
  });

  test("a lost cursor is INVALID_QUERY_LOCATOR", async () => {
    const org = await sandbox({ deals: 500 });
    const first = (await org.call("GET", "/query?q=SELECT+Id+FROM+Opportunity", undefined, { "sforce-query-options": "batchSize=200" }))
      .json;
    org.forgetCursors();
    const second = await org.call("GET", first.nextRecordsUrl);
    expect([second.status, second.json[0].errorCode]).toEqual([400, "INVALID_QUERY_LOCATOR"]);
  });

  test("the SDK reads all pages", async () => {
    const org = await sandbox({ deals: 500 });
    const connection = await connected(org);
    const result = await connection.query("SELECT Id, Name, CloseDate FROM Opportunity", { autoFetch: true, maxFetch: 10_000 });
    expect(result.records).toHaveLength(result.totalSize);
    expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 115_000 });
  });
});

describe("what real orgs do", () => {
  test("activities of more than a year ago are archived: only queryAll has them", async () => {
    const org = await sandbox();
    const soql = encodeURIComponent("SELECT Id, ActivityDate FROM Task");
    const { json: some } = await org.call("GET", `/query?q=${soql}`);
    const { json: all } = await org.call("GET", `/queryAll?q=${soql}`);
    expect(all.totalSize).toBeGreaterThan(some.totalSize);
    expect(some.records.filter(({ ActivityDate }: { ActivityDate: string }) => ActivityDate < "2025-06-30")).toEqual([]);
  });

  test("a deal's stage log agrees with its present stage, and a renamed stage keeps its API name", async () => {
    const org = await sandbox();
    const deals = (await org.query("SELECT Id, StageName FROM Opportunity")).records;
    const stages = (await org.query("SELECT ApiName, MasterLabel FROM OpportunityStage")).records;
    expect(stages).toContainEqual(expect.objectContaining({ ApiName: "Quote", MasterLabel: "Proposal" }));
    for (const { Id, StageName } of deals) {
      const log = (await org.query(`SELECT StageName FROM OpportunityHistory WHERE OpportunityId = '${Id}' ORDER BY CreatedDate, Id`))
        .records;
      expect(log.map((row: { StageName: string }) => row.StageName)).toContain(StageName);
    }
  });

  test("a change is stamped at once and readable later", async () => {
    const org = await sandbox({ visibleAfterMs: 3_000 });
    const [deal] = (await org.query("SELECT Id FROM Opportunity LIMIT 1")).records;
    const stamp = org.clock.nowMs();
    org.edit("Opportunity", deal.Id, { NextStep: "call them" });
    org.clock.advance(2_000);
    const read = `SELECT NextStep, SystemModstamp FROM Opportunity WHERE Id = '${deal.Id}'`;
    expect((await org.query(read)).records[0].NextStep).not.toBe("call them");
    expect(org.org.coveredUntilMs()).toBe(stamp);
    org.clock.advance(1_000);
    expect((await org.query(read)).records[0]).toMatchObject({ NextStep: "call them", SystemModstamp: "2026-06-30T12:00:00.000+0000" });
  });

  test("the world goes on when the clock does", async () => {
    const org = await sandbox();
    const before = (await org.query("SELECT COUNT() FROM OpportunityHistory")).totalSize;
    org.clock.advance(10 * 86_400_000);
    expect((await org.query("SELECT COUNT() FROM OpportunityHistory")).totalSize).toBeGreaterThan(before);
  });

  test("deleted ids of a span, up to where changes may still be under way", async () => {
    const org = await sandbox();
    const [deal] = (await org.query("SELECT Id FROM Opportunity LIMIT 1")).records;
    org.org.remove("Opportunity", deal.Id);
    org.clock.advance(60_000);
    const span = "start=2026-06-30T11:50:00Z&end=2026-06-30T12:00:30Z";
    const { json } = await org.call("GET", `/sobjects/Opportunity/deleted/?${span}`);
    expect(json).toEqual({
      deletedRecords: [{ id: deal.Id, deletedDate: "2026-06-30T12:00:00.000+0000" }],
      earliestDateAvailable: expect.any(String),
      latestDateCovered: "2026-06-30T12:00:30.000+0000",
    });
    const { json: tooOld } = await org.call("GET", "/sobjects/Opportunity/deleted/?start=2026-01-01T00:00:00Z&end=2026-06-30T12:00:00Z");
    expect(tooOld[0].errorCode).toBe("INVALID_REPLICATION_DATE");
  });
});
