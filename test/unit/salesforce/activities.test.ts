import { expect, test } from "vitest";
import type { Row } from "#connectors/salesforce/decode.ts";
import { emailChanges, eventChanges, taskChanges, taskFields } from "#connectors/salesforce/map-activities.ts";
import { zone } from "#core/time/zone.ts";

const calls = { types: ["Call"], subjectPrefixes: ["[Phone]"] };
const context = {
  zone: zone("Asia/Tokyo"),
  calls,
  prefixes: new Map([
    ["006", "Opportunity"],
    ["001", "Account"],
    ["003", "Contact"],
    ["00Q", "Lead"],
    ["a01", "Widget__c"],
  ]),
};
const ID = "00T7e00000RmwSWAAZ";
const task = (more: Row = {}): Row => ({
  Id: ID,
  Status: "Completed",
  IsClosed: true,
  CreatedDate: "2026-03-01T00:00:00.000+0000",
  ActivityDate: "2026-02-28",
  LastModifiedDate: "2026-03-09T00:00:00.000+0000",
  ...more,
});
const record = (row: Row, isTwin = false): unknown => {
  const [first] = taskChanges(row, context, isTwin);
  return first?.op === "upsert" ? first.record : first;
};

test.each([
  [{ TaskSubtype: "Call" }, "call"],
  [{ CallType: "Outbound" }, "call"],
  [{ CallDurationInSeconds: 0 }, "call"],
  [{ Type: "Call" }, "call"],
  [{ Subject: "[Phone] follow-up" }, "call"],
  [{ TaskSubtype: "Email" }, "email"],
  [{ Type: "Email" }, "email"],
  [{ TaskSubtype: "ListEmail" }, "email"],
  [{ TaskSubtype: "Task", Type: "Other" }, "task"],
  [{}, "task"],
] as const)("%j is a %s", (more, kind) => {
  expect(record(task(more))).toMatchObject({ kind });
});

test("the subject is read only when it may tell a call", () => {
  expect(taskFields(calls)).toContain("Subject");
  expect(taskFields({ ...calls, subjectPrefixes: [] })).not.toContain("Subject");
});

test("when it was done: the moment, else the due day in the business zone, else the last change", () => {
  expect(record(task({ CompletedDateTime: "2026-03-01T03:04:05.000+0000" }))).toMatchObject({
    occurredAt: "2026-03-01T03:04:05.000Z",
    state: "done",
  });
  expect(record(task())).toMatchObject({ occurredAt: "2026-02-27T15:00:00.000Z" });
  expect(record(task({ ActivityDate: null }))).toMatchObject({ occurredAt: "2026-03-09T00:00:00.000Z" });
  expect(record(task({ IsClosed: false, Status: "Not Started" }))).toMatchObject({
    occurredAt: "2026-02-27T15:00:00.000Z",
    state: "scheduled",
  });
  expect(record(task({ IsClosed: false, ActivityDate: null }))).toMatchObject({ occurredAt: null });
});

test("a call's length in minutes, its direction and result", () => {
  const call = task({ TaskSubtype: "Call", CallType: "Inbound", CallDurationInSeconds: 95, CallDisposition: "Spoke", CallObject: "c-1" });
  expect(record(call)).toMatchObject({ minutes: 1.58, direction: "inbound", outcome: "Spoke", externalId: "c-1" });
});

test("series heads, deleted tasks and tasks whose mail has a record of its own do not count", () => {
  for (const row of [task({ IsRecurrence: true }), task({ IsDeleted: true })])
    expect(record(row)).toEqual({ type: "activity", op: "delete", id: ID });
  expect(record(task({ TaskSubtype: "Email" }), true)).toEqual({ type: "activity", op: "delete", id: ID });
});

test("what it is about is told by the first characters of the id; other objects are none of ours", () => {
  const row = task({ WhatId: "0067e00000RmwSWAAZ", WhoId: "0037e00000RmwSWAAZ", AccountId: "0017e00000RmwSWAAZ" });
  const links = taskChanges(row, context, false).slice(1);
  expect(links.map((change) => (change.op === "upsert" && change.type === "activityLink" ? change.record.toType : null))).toEqual([
    "deal",
    "contact",
    "account",
  ]);
  expect(taskChanges(task({ WhatId: "a017e00000RmwSWAAZ", WhoId: "00Q7e00000RmwSWAAZ" }), context, false)).toHaveLength(2);
  expect(taskChanges(task({ WhatId: "0017e00000RmwSWAAZ", AccountId: "0017e00000RmwSWAAZ" }), context, false)).toHaveLength(2);
});

const event = (more: Row = {}): Row => ({
  Id: "00U7e00000RmwSWAAZ",
  StartDateTime: "2026-03-01T09:00:00.000+0000",
  DurationInMinutes: 45,
  ...more,
});

test("a meeting counts once: no invitee's copy, no series head; its time does not change its state", () => {
  expect(eventChanges(event(), context)[0]).toMatchObject({
    record: { kind: "meeting", minutes: 45, state: "scheduled", occurredAt: "2026-03-01T09:00:00.000Z" },
  });
  for (const more of [{ IsChild: true }, { IsRecurrence: true }, { IsDeleted: true }])
    expect(eventChanges(event(more), context)[0]).toMatchObject({ op: "delete" });
  expect(eventChanges(event({ StartDateTime: null, ActivityDate: "2026-03-01" }), context)[0]).toMatchObject({
    record: { occurredAt: "2026-02-28T15:00:00.000Z" },
  });
});

const mail = (more: Row = {}): Row => ({
  Id: "02s7e00000RmwSWAAZ",
  Incoming: false,
  Status: "3",
  MessageDate: "2026-03-01T09:00:00.000+0000",
  ActivityId: ID,
  RelatedToId: "0067e00000RmwSWAAZ",
  MessageIdentifier: "<m@acme.example>",
  ...more,
});

test("a mail takes the place of its task, and drafts are no mails", () => {
  expect(emailChanges(mail(), context)).toMatchObject([
    { op: "delete", id: ID },
    { record: { kind: "email", direction: "outbound", externalId: "<m@acme.example>", state: "done" } },
    { record: { toType: "deal" } },
  ]);
  expect(emailChanges(mail({ Incoming: true, ActivityId: null }), context)[0]).toMatchObject({ record: { direction: "inbound" } });
  expect(emailChanges(mail({ IsBounced: true, ActivityId: null }), context)[0]).toMatchObject({
    record: { state: "failed", outcome: "bounced" },
  });
  expect(emailChanges(mail({ Status: "5" }), context)).toEqual([{ type: "activity", op: "delete", id: "02s7e00000RmwSWAAZ" }]);
});
