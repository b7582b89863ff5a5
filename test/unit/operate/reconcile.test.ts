import { expect, test } from "vitest";
import type { ReconcileRow } from "#core/connector.ts";
import type { Instant } from "#core/time/instant.ts";
import { type OurDeal, reconciler } from "#operate/reconcile.ts";

const settings = { currency: "EUR", periods: { fiscalYearStartMonth: 2, weekStartsOn: 1 } };
const theirs = (over: Partial<ReconcileRow> = {}): ReconcileRow => ({
  id: "1",
  pipelineId: "p",
  closeDay: "2026-03-10",
  outcome: "won",
  amountRaw: "100.50",
  currency: null,
  updatedAt: null,
  ...over,
});
const ours = (over: Partial<OurDeal> = {}): OurDeal => ({
  id: "1",
  pipelineId: "p",
  closeDay: "2026-03-10",
  outcome: "won",
  crmOutcome: "won",
  amountMinor: 10050,
  currency: "EUR",
  isDeleted: false,
  mergedInto: null,
  inScope: true,
  sourceUpdatedAt: "2026-03-11T00:00:00.000Z",
  ...over,
});
const compare = (crm: ReconcileRow, own: OurDeal | undefined) => {
  const run = reconciler(settings);
  run.both(crm, own);
  return run.finish();
};

test("equal deals give equal totals by pipeline, fiscal quarter, outcome and currency, and no difference", () => {
  expect(compare(theirs(), ours())).toEqual({
    lines: [
      {
        pipelineId: "p",
        quarter: "2026-02-01",
        outcome: "won",
        currency: "EUR",
        crm: { count: 1, amountMinor: 10050 },
        ours: { count: 1, amountMinor: 10050 },
      },
    ],
    differences: [],
  });
});

test.each([
  ["not_yet_synced", theirs(), undefined],
  ["deleted", theirs(), ours({ isDeleted: true })],
  ["merged", theirs(), ours({ isDeleted: true, mergedInto: "2" })],
  ["out_of_scope", theirs(), ours({ inScope: false })],
  ["outcome_override", theirs({ outcome: "lost" }), ours({ outcome: "disqualified", crmOutcome: "lost" })],
  ["outcome", theirs({ outcome: "won" }), ours({ outcome: "open", crmOutcome: "open" })],
  ["pipeline", theirs({ pipelineId: "q" }), ours()],
  ["close_date", theirs({ closeDay: null }), ours()],
  ["currency", theirs({ currency: "USD" }), ours()],
  ["amount", theirs({ amountRaw: "100.51" }), ours()],
  ["not_yet_synced", theirs({ amountRaw: "100.51", updatedAt: "2026-03-12T00:00:00.000Z" as Instant }), ours()],
  ["amount", theirs({ amountRaw: "100.51", updatedAt: "2026-03-11T00:00:00.000Z" as Instant }), ours()],
] as const)("a difference is explained: %s", (reason, crm, own) => {
  expect(compare(crm, own).differences.map((difference) => difference.reason)).toEqual([reason]);
});

test("a deal the CRM no longer lists counts on our side only, unless it does not count here either", () => {
  const run = reconciler(settings);
  run.onlyOurs(ours());
  run.onlyOurs(ours({ id: "2", isDeleted: true }));
  const { lines, differences } = run.finish();
  expect(lines.map((line) => [line.crm.count, line.ours.count])).toEqual([[0, 1]]);
  expect(differences).toEqual([{ dealId: "1", reason: "deleted", crm: null, ours: "won" }]);
});

test("the difference of the totals is the sum of the differences of the deals", () => {
  const run = reconciler(settings);
  run.both(theirs({ id: "1" }), ours({ id: "1" }));
  run.both(theirs({ id: "2", amountRaw: "7" }), undefined);
  run.both(theirs({ id: "3", amountRaw: null }), ours({ id: "3", amountMinor: null }));
  const { lines } = run.finish();
  expect(lines[0]!.crm.amountMinor - lines[0]!.ours.amountMinor).toBe(700);
  expect(lines[0]!.crm.count - lines[0]!.ours.count).toBe(1);
});
