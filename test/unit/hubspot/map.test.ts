import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldNames } from "#connectors/hubspot/config.ts";
import { decodePage, decodeRecord, instantOf, numberOf, type WireRecord } from "#connectors/hubspot/decode.ts";
import { forecastCategoryOf, mapDeal, mergesOf, outcomeOf } from "#connectors/hubspot/map.ts";
import { isAutomatic, mapActivity } from "#connectors/hubspot/map-activities.ts";
import { mapContact, mapRates } from "#connectors/hubspot/map-people.ts";
import { dealQuery } from "#connectors/hubspot/properties.ts";
import { outcomeOfStage } from "#connectors/hubspot/streams/pipelines.ts";
import { wireValue } from "#connectors/hubspot/writer.ts";
import type { Activity, Deal, DealChange, StageEntry } from "#core/records.ts";
import { zone } from "#core/time/zone.ts";

const context = { fields: fieldNames.parse({ dimensions: { plan: "plan_name" } }), zone: zone("Asia/Tokyo") };

const wire = (properties: Record<string, string | null>, more: Partial<WireRecord> = {}): WireRecord => ({
  id: "1",
  properties,
  history: {},
  links: {},
  isArchived: false,
  ...more,
});

function dealOf(record: WireRecord): Deal {
  const [change] = mapDeal(record, context, false).changes;
  if (change?.type !== "deal" || change.op !== "upsert") throw new Error("no deal");
  return change.record;
}

function activityOf(object: Parameters<typeof mapActivity>[0], properties: Record<string, string | null>): Activity {
  const [change] = mapActivity(object, wire(properties), false).changes;
  if (change?.type !== "activity" || change.op !== "upsert") throw new Error("no activity");
  return change.record;
}

describe("parsing rules", () => {
  test.each([
    ["2026-06-30T11:30:00.123Z", "2026-06-30T11:30:00.123Z"],
    ["2026-06-30T11:30:00.1Z", "2026-06-30T11:30:00.100Z"],
    ["2026-06-30T11:30:00Z", "2026-06-30T11:30:00.000Z"],
    ["2026-06-30", "2026-06-30T00:00:00.000Z"],
    ["1782819000000", "2026-06-30T11:30:00.000Z"],
    ["0", null],
    ["2026-02-30", null],
    ["next week", null],
    ["", null],
  ])("the instant of '%s' is %s", (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  test.each([
    ["0.200000000000000011102230246251565404", 0.2],
    ["1e3", 1000],
    [" 7 ", 7],
    ["12,5", null],
    ["Infinity", null],
    ["", null],
  ])("the number in '%s' is %s", (text, number) => {
    expect(numberOf(text)).toBe(number);
  });

  test("ids beyond 2^53 stay as they are; a number too long to be exact is no id", () => {
    expect(decodeRecord({ id: "90071992547409931", properties: {} })).toMatchObject({ id: "90071992547409931" });
    expect(decodeRecord({ id: 2 ** 60, properties: {} })).toBe("id is missing or no id");
    expect(decodeRecord({ id: 77, properties: {} })).toMatchObject({ id: "77" });
  });

  test("whatever an answer holds, a page is decoded or refused, never half read, and its text can be stored", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.jsonValue(), fc.record({ id: fc.string({ minLength: 1 }), properties: fc.dictionary(fc.string(), fc.jsonValue()) })),
        ),
        (results) => {
          const page = decodePage({ results }, "deals.list");
          expect(page.records.length + page.broken.length).toBe(results.length);
          for (const value of page.records.flatMap(({ properties }) => Object.values(properties))) {
            expect(value === null || (typeof value === "string" && value.isWellFormed() && !value.includes("\0"))).toBe(true);
          }
          for (const record of page.records) expect(() => mapDeal(record, context, true)).not.toThrow();
        },
      ),
      { seed: 21, numRuns: 300 },
    );
  });
});

describe("deals", () => {
  test("the close day is the local date of the instant in the organisation's zone", () => {
    expect(dealOf(wire({ closedate: "2026-06-30T15:00:00Z" })).closeDay).toBe("2026-07-01");
    expect(dealOf(wire({ closedate: "2026-06-30T14:59:59.999Z" })).closeDay).toBe("2026-06-30");
    expect(dealOf(wire({ closedate: null }))).toMatchObject({ closeDay: null, closedAt: null });
  });

  test("words in the amount: the deal is kept without it, and the words are told", () => {
    const { changes, rejects } = mapDeal(wire({ amount: "about 5k" }), context, false);
    expect(changes[0]).toMatchObject({ record: { amountRaw: null } });
    expect(rejects).toMatchObject([{ code: "record.bad_amount", ref: "1" }]);
  });

  test.each([
    ["true", "true", "won"],
    ["true", "false", "lost"],
    ["false", "false", "open"],
    [null, null, null],
    [null, "true", "won"],
  ])("closed %s and won %s is %s", (closed, won, outcome) => {
    expect(outcomeOf(closed, won)).toBe(outcome);
  });

  test("a deal without stage or pipeline is kept", () => {
    expect(dealOf(wire({ dealstage: null }))).toMatchObject({ stageId: "none", pipelineId: "none" });
  });

  test.each([
    ["BEST_CASE", "best_case"],
    ["Best case", "best_case"],
    ["Not forecasted", "omitted"],
    ["OMIT", "omitted"],
    ["Closed won", "closed"],
    ["something", null],
    [null, null],
  ])("forecast category %s is %s", (text, category) => {
    expect(forecastCategoryOf(text)).toBe(category);
  });

  test("configured properties feed amount and dimensions, with their history, and ours are never asked for", () => {
    const fields = fieldNames.parse({ amount: "deal_value", dimensions: { plan: "plan_name", own: "scorekeeper_tier" } });
    const query = dealQuery(fields);
    expect(query.properties).toEqual(expect.arrayContaining(["deal_value", "plan_name"]));
    expect(query.history).toEqual(expect.arrayContaining(["deal_value", "plan_name"]));
    expect(query.properties.concat(query.history).filter((name) => name.startsWith("scorekeeper_"))).toEqual([]);
    expect(dealOf(wire({ plan_name: "gold" })).dimensions).toEqual({ plan: "gold" });
  });

  const log = (entries: readonly (readonly [string, string])[]) =>
    decodeRecord({
      id: "1",
      properties: {},
      propertiesWithHistory: { dealstage: entries.map(([value, timestamp]) => ({ value, timestamp })) },
    });
  const entriesOf = (record: WireRecord | string): readonly StageEntry[] =>
    typeof record === "string"
      ? []
      : mapDeal(record, context, false).changes.flatMap((change) =>
          change.type === "stageEntry" && change.op === "upsert" ? [change.record] : [],
        );

  test("the stage log is ordered by time, whatever order it came in, and within one instant as HubSpot has it", () => {
    const t = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
    const newestFirst = log([
      ["c", t(2)],
      ["b", t(1)],
      ["a", t(1)],
    ]);
    expect(entriesOf(newestFirst).map(({ stageId, sequence }) => [stageId, sequence])).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 0],
    ]);
  });

  test("an entry keeps its id when older ones have fallen out of HubSpot's twenty", () => {
    const entries = Array.from(
      { length: 25 },
      (_, index) => [`s${index % 4}`, `2026-01-01T00:00:${String(index).padStart(2, "0")}.000Z`] as const,
    ).reverse();
    const full = entriesOf(log(entries)).map(({ id }) => id);
    const cut = entriesOf(log(entries.slice(0, 20))).map(({ id }) => id);
    expect(full.slice(-20)).toEqual(cut);
  });

  test("a stage entry names the pipeline of its time, also when both were logged a moment apart", () => {
    const record = decodeRecord({
      id: "1",
      properties: { pipeline: "new" },
      propertiesWithHistory: {
        dealstage: [
          { value: "n1", timestamp: "2026-02-01T00:00:00.000Z" },
          { value: "o1", timestamp: "2026-01-01T00:00:00.000Z" },
          { value: "", timestamp: "2025-12-31T00:00:00.000Z" },
        ],
        pipeline: [
          { value: "new", timestamp: "2026-02-01T00:00:00.040Z" },
          { value: "old", timestamp: "2026-01-01T00:00:00.040Z" },
        ],
      },
    });
    expect(entriesOf(record).map(({ stageId, pipelineId }) => [stageId, pipelineId])).toEqual([
      ["o1", "old"],
      ["n1", "new"],
    ]);
  });

  test("changes of amount and close date are told with the day in the organisation's zone; cleared is null", () => {
    const record = decodeRecord({
      id: "1",
      properties: {},
      propertiesWithHistory: {
        amount: [
          { value: "", timestamp: "2026-03-01T00:00:00Z" },
          { value: "12.50", timestamp: "2026-01-01T00:00:00Z" },
        ],
        closedate: [{ value: "1782831600000", timestamp: "2026-01-01T00:00:00Z" }],
      },
    });
    if (typeof record === "string") throw new Error(record);
    const changes: DealChange[] = mapDeal(record, context, false).changes.flatMap((change) =>
      change.type === "dealChange" && change.op === "upsert" ? [change.record] : [],
    );
    expect(changes.map(({ field, value }) => [field, value])).toEqual([
      ["amount", "12.50"],
      ["amount", null],
      ["closeDay", "2026-07-01"],
    ]);
  });
});

test("merged ids come from both properties, with and without a time behind them", () => {
  const record = wire({ hs_merged_object_ids: "7;8", hs_calculated_merged_vids: "8:1600000000000;9:1600000000000;1:5" });
  expect(mergesOf("contact", record)).toEqual(["7", "8", "9"].map((loser) => ({ type: "contact", op: "merge", loser, winner: "1" })));
});

describe("activities", () => {
  test.each([
    ["COMPLETED", "done"],
    ["NO_ANSWER", "done"],
    ["BUSY", "done"],
    ["FAILED", "failed"],
    ["CANCELED", "canceled"],
    ["QUEUED", "scheduled"],
    ["SOMETHING_NEW", "unknown"],
    [null, "done"],
  ])("a call with status %s is %s", (status, state) => {
    expect(activityOf("calls", { hs_call_status: status }).state).toBe(state);
  });

  test("a call has direction, whole and broken minutes, and its outcome's id", () => {
    expect(activityOf("calls", { hs_call_direction: "OUTBOUND", hs_call_duration: "90000", hs_call_disposition: "f240" })).toMatchObject({
      id: "call/1",
      kind: "call",
      direction: "outbound",
      minutes: 1.5,
      outcome: "f240",
    });
  });

  test.each([
    ["EMAIL", "outbound"],
    ["INCOMING_EMAIL", "inbound"],
    ["FORWARDED_EMAIL", null],
  ])("an e-mail of direction %s is %s", (direction, expected) => {
    expect(activityOf("emails", { hs_email_direction: direction }).direction).toBe(expected);
  });

  test.each([
    "Accepted: Demo",
    "Automatic reply: away",
    "Out of Office: back on Monday",
    "自動応答: 不在",
    "자동 회신: 휴가",
    "Odpowiedź automatyczna: urlop",
  ])("'%s' is a machine's mail", (subject) => {
    expect(isAutomatic(subject)).toBe(true);
  });

  test.each(["Re: offer accepted", "Accepted offers of last week", null, ""])("'%s' is a person's", (subject) => {
    expect(isAutomatic(subject)).toBe(false);
  });

  test.each([
    ["COMPLETED", "done"],
    ["SCHEDULED", "scheduled"],
    ["NO_SHOW", "failed"],
    ["CANCELED", "canceled"],
    ["RESCHEDULED", "canceled"],
    ["Held over lunch", "unknown"],
    [null, "unknown"],
  ])("a meeting with outcome %s is %s", (outcome, state) => {
    expect(activityOf("meetings", { hs_meeting_outcome: outcome }).state).toBe(state);
  });

  test("a meeting takes place at its start and lasts until its end; an end before it says nothing", () => {
    const start = "2026-06-30T10:00:00Z";
    expect(
      activityOf("meetings", {
        hs_timestamp: "2026-06-01T00:00:00Z",
        hs_meeting_start_time: start,
        hs_meeting_end_time: "2026-06-30T10:45:00Z",
      }),
    ).toMatchObject({
      occurredAt: "2026-06-30T10:00:00.000Z",
      minutes: 45,
    });
    expect(activityOf("meetings", { hs_meeting_start_time: start, hs_meeting_end_time: "2026-06-30T09:00:00Z" }).minutes).toBeNull();
  });

  test("a task is due until it is done, then it took place when it was completed", () => {
    const due = "2026-06-30T10:00:00Z";
    const done = "2026-06-29T08:00:00Z";
    const times = { hs_timestamp: due, hs_task_completion_date: done };
    expect(activityOf("tasks", { ...times, hs_task_status: "NOT_STARTED" })).toMatchObject({
      state: "scheduled",
      occurredAt: "2026-06-30T10:00:00.000Z",
    });
    expect(activityOf("tasks", { ...times, hs_task_status: "COMPLETED" })).toMatchObject({
      state: "done",
      occurredAt: "2026-06-29T08:00:00.000Z",
    });
  });

  test("each link stands once; read to the end, those missing have ended", () => {
    const record = wire(
      {},
      { links: { deals: { ids: ["5", "6"], primary: null, isCut: false }, companies: { ids: ["7"], primary: null, isCut: false } } },
    );
    const ids = ["call/1/deal/5", "call/1/deal/6", "call/1/account/7"];
    const { changes } = mapActivity("calls", record, true);
    expect(changes.flatMap((change) => (change.type === "activityLink" && change.op === "upsert" ? [change.record.id] : []))).toEqual(ids);
    expect(changes.at(-1)).toEqual({
      type: "activityLink",
      op: "present",
      ids,
      within: { order: "text", after: "call/1/", upTo: "call/10" },
    });
    expect(mapActivity("calls", record, false).changes).toHaveLength(4);
  });
});

test("a contact's life cycle comes from its history, in order", () => {
  const record = decodeRecord({
    id: "1",
    properties: { firstname: "Zoë", lastname: "O'Neil <b>", lifecyclestage: "customer" },
    propertiesWithHistory: {
      lifecyclestage: [
        { value: "customer", timestamp: "2026-03-01T00:00:00Z" },
        { value: "lead", timestamp: "2026-01-01T00:00:00Z" },
      ],
    },
  });
  if (typeof record === "string") throw new Error(record);
  const { changes } = mapContact(record);
  expect(changes[0]).toMatchObject({ record: { name: "Zoë O'Neil <b>", lifecycleStage: "customer" } });
  expect(changes.flatMap((change) => (change.type === "lifecycleChange" && change.op === "upsert" ? [change.record.stage] : []))).toEqual([
    "lead",
    "customer",
  ]);
});

test("rates to another currency without a bridge are left out rather than guessed", () => {
  const rates = [{ fromCurrencyCode: "PLN", toCurrencyCode: "USD", conversionRate: 0.25, effectiveAt: "2026-01-01T00:00:00Z" }];
  expect(mapRates(rates, "EUR")).toEqual([]);
  expect(mapRates(rates, "USD")).toEqual([{ id: "PLN/2026-01-01", currency: "PLN", day: "2026-01-01", rate: 0.25 }]);
});

test.each([
  ["true", 1, "won"],
  ["true", 0, "lost"],
  ["true", 0.8, "lost"],
  ["true", null, "lost"],
  ["false", 1, "open"],
  ["", 0.5, "open"],
])("a stage with isClosed '%s' and probability %s is %s", (isClosed, probability, outcome) => {
  expect(outcomeOfStage(isClosed, probability)).toBe(outcome);
});

test.each([
  [null, ""],
  [0, "0"],
  [1250.5, "1250.5"],
  [1e-7, "0.0000001"],
  ["2026-05-03", "2026-05-03"],
])("the value %s leaves as '%s'", (value, text) => {
  expect(wireValue(value)).toBe(text);
});
