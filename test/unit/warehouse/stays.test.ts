import { expect, test } from "vitest";
import type { Outcome } from "#core/records.ts";
import { zone } from "#core/time/zone.ts";
import { dealOutcome, outcomeByLabel, overrideOf, stageBook } from "#warehouse/stage-book.ts";
import { deriveStays, type StageLogRow } from "#warehouse/stays.ts";
import { at } from "../../support/records.ts";

const definition = (
  stageId: string,
  order: number,
  outcome: Outcome = "open",
  pipelineId = "p",
  validFrom = "1970-01-01T00:00:00.000Z",
) => ({
  pipelineId,
  stageId,
  order,
  outcome,
  validFrom,
});
const definitions = [
  definition("discovery", 0),
  definition("proposal", 1),
  definition("negotiation", 2),
  definition("won", 3, "won"),
  definition("paid", 4, "won"),
  definition("lost", 5, "lost"),
  definition("intro", 0, "open", "q"),
];
const book = stageBook("hs", definitions, {});
const { dayOf } = zone("Europe/Berlin");

/** `2026-03-01 discovery`, in the given order; `q/intro` for another pipeline. */
function log(...lines: readonly string[]): readonly StageLogRow[] {
  return lines.map((line, index) => {
    const [when = "", where = ""] = line.split(" ");
    const [pipelineId = "p", stageId = ""] = where.includes("/") ? where.split("/") : ["p", where];
    return { id: `e${index}`, pipelineId, stageId, enteredAt: at(`${when}T10:00:00Z`), sequence: 0, basis: "recorded" };
  });
}
const derive = (...lines: readonly string[]) => deriveStays(log(...lines), book, dayOf);
const brief = (summary: ReturnType<typeof derive>) => summary.stays.map((stay) => [stay.stageId, stay.days, stay.direction]);

test("worked example 2: repeated rows don't end a stay, a stage entered again is a new one", () => {
  const lines = [
    ...["2026-03-01 discovery", "2026-03-05 discovery", "2026-03-08 proposal", "2026-03-12 discovery"],
    ...["2026-03-15 proposal", "2026-03-25 won"],
  ];
  const summary = derive(...lines);
  expect(brief(summary)).toEqual([
    ["discovery", 7, "first"],
    ["proposal", 4, "forward"],
    ["discovery", 3, "backward"],
    ["proposal", 10, "forward"],
    ["won", null, "close"],
  ]);
  expect(summary).toMatchObject({ closedAt: at("2026-03-25T10:00Z"), reopenCount: 0, bornClosed: false });
  expect(derive(...lines.toReversed()).stays.map((stay) => stay.days)).toEqual([7, 4, 3, 10, null]);
});

test("worked example 11: first seen as closed won is born closed, with nothing that lasted", () => {
  const summary = derive("2026-03-25 won");
  expect(summary).toMatchObject({ bornClosed: true, reopenCount: 0, closedAt: at("2026-03-25T10:00Z") });
  expect(brief(summary)).toEqual([["won", null, "first"]]);
});

test("worked example 12: won in March, lost in April: the later closing counts", () => {
  const summary = derive("2026-03-01 discovery", "2026-03-20 won", "2026-04-10 lost");
  expect(brief(summary)).toEqual([
    ["discovery", 19, "first"],
    ["won", 21, "close"],
    ["lost", null, "close"],
  ]);
  expect(summary.closedAt).toBe(at("2026-04-10T10:00Z"));
});

test("re-opened deals are open again, and count how often", () => {
  const reopened = derive("2026-03-01 discovery", "2026-03-20 lost", "2026-04-01 proposal");
  expect(reopened).toMatchObject({ closedAt: null, reopenCount: 1 });
  expect(brief(reopened).at(-1)).toEqual(["proposal", null, "reopen"]);
  const again = derive(
    "2026-03-01 discovery",
    "2026-03-20 lost",
    "2026-04-01 proposal",
    "2026-05-01 won",
    "2026-05-02 proposal",
    "2026-06-01 won",
  );
  expect(again).toMatchObject({ closedAt: at("2026-06-01T10:00Z"), reopenCount: 2, bornClosed: false });
});

test("a move between two won stages is no new closing", () => {
  expect(derive("2026-03-01 discovery", "2026-03-20 won", "2026-04-10 paid").closedAt).toBe(at("2026-03-20T10:00Z"));
});

test("another pipeline is a hand-over, an unknown stage neither forward nor backward", () => {
  expect(
    brief(derive("2026-03-01 discovery", "2026-03-02 q/intro", "2026-03-03 negotiation", "2026-03-04 gone", "2026-03-05 proposal")),
  ).toEqual([
    ["discovery", 1, "first"],
    ["intro", 1, "handover"],
    ["negotiation", 1, "handover"],
    ["gone", 1, "unknown"],
    ["proposal", null, "unknown"],
  ]);
});

test("the same stage id in another pipeline is another stage", () => {
  expect(derive("2026-03-01 discovery", "2026-03-04 q/discovery").stays).toHaveLength(2);
});

test("sentinel instants are no entries (R17)", () => {
  expect(brief(derive("2026-03-01 discovery", "9999-12-31 won", "2050-01-01 proposal"))).toEqual([["discovery", null, "first"]]);
});

test("within one instant the CRM's own order counts", () => {
  const [first, second] = log("2026-03-01 proposal", "2026-03-01 discovery");
  const rows = [
    { ...first!, sequence: 1 },
    { ...second!, sequence: 0 },
  ];
  expect(brief(deriveStays(rows, book, dayOf))).toEqual([
    ["discovery", 0, "first"],
    ["proposal", null, "forward"],
  ]);
});

test("days are local calendar days, also over the change to summer time", () => {
  const row = (stageId: string, enteredAt: string, id: string) => ({
    id,
    pipelineId: "p",
    stageId,
    enteredAt: at(enteredAt),
    sequence: 0,
    basis: "recorded",
  });
  const rows = [row("discovery", "2026-03-28T23:30:00Z", "a"), row("proposal", "2026-03-29T22:30:00Z", "b")];
  expect(deriveStays(rows, book, dayOf).stays[0]).toMatchObject({ enteredDay: "2026-03-29", leftDay: "2026-03-30", days: 1 });
});

test("an assumed beginning has no length, and an observed closing no instant", () => {
  const rows = log("2026-03-01 discovery", "2026-03-20 won").map((row, index) => ({ ...row, basis: index === 0 ? "created" : "observed" }));
  const summary = deriveStays(rows, book, dayOf);
  expect(brief(summary)[0]).toEqual(["discovery", null, "first"]);
  expect(summary.closedAt).toBeNull();
});

test("a deal without a log has no stays", () => {
  expect(derive()).toEqual({ stays: [], closedAt: null, reopenCount: 0, bornClosed: false });
});

test("moves are judged by the order of stages at their time", () => {
  const reordered = stageBook("hs", [...definitions, definition("proposal", -1, "open", "p", at("2026-05-01"))], {});
  const moves = deriveStays(
    log("2026-03-01 discovery", "2026-03-02 proposal", "2026-06-01 discovery", "2026-06-02 proposal"),
    reordered,
    dayOf,
  );
  expect(moves.stays.map((stay) => stay.direction)).toEqual(["first", "forward", "forward", "backward"]);
});

test("lost under a label that says so is disqualified; won never is (R9)", () => {
  expect(["Closed - Duplicate", "Unqualified", "merged into other"].map((label) => outcomeByLabel("lost", label))).toEqual(
    Array(3).fill("disqualified"),
  );
  expect([outcomeByLabel("won", "Duplicate"), outcomeByLabel("lost", "Closed Lost")]).toEqual(["won", "lost"]);
});

test("a configured outcome beats the CRM's verdict, which beats the stage's", () => {
  const won = definition("won", 3, "won");
  expect(dealOutcome("disqualified", "won", won)).toBe("disqualified");
  expect(dealOutcome(null, "lost", won)).toBe("lost");
  expect(dealOutcome(null, null, won)).toBe("won");
  expect(dealOutcome(null, null, null)).toBe("open");
  expect(dealOutcome(null, "lost", definition("dup", 4, "disqualified"))).toBe("disqualified");
});

test("overrides are named by stage or by pipeline and stage, the longer name first", () => {
  const overrides = { "hs:dup": "disqualified", "hs:p/dup": "lost" } as const;
  expect(overrideOf(overrides, "hs", "p", "dup")).toBe("lost");
  expect(overrideOf(overrides, "hs", "q", "dup")).toBe("disqualified");
  expect(overrideOf(overrides, "sf", "q", "dup")).toBeNull();
  expect(overrideOf({}, "hs", "p", "constructor")).toBeNull();
});
