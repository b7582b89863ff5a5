import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "#connectors/salesforce/decode.ts";
import { fieldLogChanges, stageLogChanges } from "#connectors/salesforce/map-history.ts";
import type { Change } from "#core/records.ts";

const DEAL = "0067e00000RmwSWAAZ";
const BORN = "2026-01-01T08:00:00.000+0000";
const id = (n: number): string => `008000000000${String(n).padStart(3, "0")}AAA`;
const row = (n: number, day: number, more: Row = {}): Row => ({
  Id: id(n),
  OpportunityId: DEAL,
  Opportunity: { CreatedDate: BORN, RecordTypeId: null },
  CreatedById: "0057e00000RmwSWAAZ",
  CreatedDate: `2026-01-${String(day).padStart(2, "0")}T08:00:00.000+0000`,
  StageName: "Prospecting",
  Amount: 100,
  CloseDate: "2026-06-30",
  ForecastCategory: "Pipeline",
  IsDeleted: false,
  ...more,
});
const stages = (changes: readonly Change[]): unknown[] =>
  changes.flatMap((change) =>
    change.type === "stageEntry" && change.op === "upsert" ? [[change.record.stageId, change.record.enteredAt.slice(0, 10)]] : [],
  );
const fields = (changes: readonly Change[]): unknown[] =>
  changes.flatMap((change) => (change.type === "dealChange" && change.op === "upsert" ? [[change.record.field, change.record.value]] : []));

test("a row proves no stage change by itself", () => {
  const log = [row(1, 1), row(2, 5, { Amount: 200 }), row(3, 9, { StageName: "Proposal", Amount: 200 })];
  expect(stages(stageLogChanges(log))).toEqual([
    ["Prospecting", "2026-01-01"],
    ["Proposal", "2026-01-09"],
  ]);
  expect(fields(stageLogChanges(log))).toEqual([
    ["amount", "100"],
    ["closeDay", "2026-06-30"],
    ["forecastCategory", "pipeline"],
    ["amount", "200"],
  ]);
});

test("going back and coming again are stays of their own", () => {
  const log = [row(1, 1), row(2, 2, { StageName: "Proposal" }), row(3, 3), row(4, 4, { StageName: "Proposal" })];
  expect(stages(stageLogChanges(log)).map((entry) => (entry as string[])[0])).toEqual([
    "Prospecting",
    "Proposal",
    "Prospecting",
    "Proposal",
  ]);
});

test("the log of a deal that is older than its log starts with the deal", () => {
  expect(stages(stageLogChanges([row(1, 20)]))).toEqual([["Prospecting", "2026-01-01"]]);
});

test("an amount that was taken away is a change to nothing", () => {
  expect(fields(stageLogChanges([row(1, 1), row(2, 2, { Amount: null })])).at(-1)).toEqual(["amount", null]);
});

test("order of arrival does not matter: time, then id", () => {
  const log = [row(1, 1), row(2, 5, { StageName: "A" }), row(3, 5, { StageName: "B" }), row(4, 6, { StageName: "C", Amount: 5 })];
  const expected = stageLogChanges(log);
  fc.assert(
    fc.property(fc.shuffledSubarray(log, { minLength: log.length }), (shuffled) => {
      expect(stageLogChanges(shuffled)).toEqual(expected);
    }),
  );
  expect(stages(expected).map((entry) => (entry as string[])[0])).toEqual(["Prospecting", "A", "B", "C"]);
});

test("entries of a deal with a record type are in its pipeline", () => {
  const [first] = stageLogChanges([row(1, 1, { Opportunity: { CreatedDate: BORN, RecordTypeId: "0127e00000RmwSWAAZ" } })]);
  expect(first).toMatchObject({ record: { pipelineId: "0127e00000RmwSWAAZ", dealId: DEAL, sequence: 0 } });
});

const change = (n: number, day: number, Field: string, OldValue: unknown, NewValue: unknown): Row => ({
  Id: id(n),
  OpportunityId: DEAL,
  Opportunity: { CreatedDate: BORN },
  CreatedById: null,
  CreatedDate: `2026-02-${String(day).padStart(2, "0")}T08:00:00.000+0000`,
  Field,
  OldValue,
  NewValue,
});
const ANA = "0057e0000000001AAA";
const BOB = "0057e0000000002AAA";

test("owners: of the two rows of a change the one with ids counts, and the first owner held since the deal was made", () => {
  const log = [change(1, 1, "Owner", "Ana", "Bob"), change(2, 1, "Owner", ANA, BOB), change(3, 9, "Owner", BOB, ANA)];
  const made = fieldLogChanges(log).flatMap((one) =>
    one.type === "dealChange" && one.op === "upsert" ? [[one.record.changedAt.slice(0, 10), one.record.value]] : [],
  );
  expect(made).toEqual([
    ["2026-01-01", ANA],
    ["2026-02-01", BOB],
    ["2026-02-09", ANA],
  ]);
});

test("a name as long as an id is no owner", () => {
  expect(fieldLogChanges([change(1, 1, "Owner", "Anastasia Koval", "Bartholomew-Joe")])).toEqual([]);
  expect(fieldLogChanges([change(1, 1, "Owner", "AnastasiaKowals", "BartholomewJoes")])).toEqual([]);
});

test("fields that mean nothing to us are left out", () => {
  expect(fieldLogChanges([change(1, 1, "Description", "a", "b")])).toEqual([]);
});
