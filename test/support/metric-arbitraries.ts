import fc from "fast-check";
import { addDays, type Day } from "#core/time/day.ts";
import type { DealSpec, PersonSpec, TargetSpec, World } from "./metric-world.ts";

export const manualNow = "2026-06-30T12:00:00.000Z";

/** Five sellers under two managers; Ben changes team and manager in March, Cem works in two CRMs. */
export const ORG_PEOPLE: readonly PersonSpec[] = [
  { id: "ana", managers: [{ id: "mia", from: "2025-01-01" }], teams: [{ name: "East", from: "2025-01-01" }] },
  {
    id: "ben",
    managers: [
      { id: "mia", from: "2025-01-01", to: "2026-03-10" },
      { id: "noa", from: "2026-03-10" },
    ],
    teams: [
      { name: "East", from: "2025-01-01", to: "2026-03-10" },
      { name: "West", from: "2026-03-10" },
    ],
  },
  {
    id: "cem",
    owners: { hs: "cem", sf: "005cem" },
    managers: [{ id: "noa", from: "2025-01-01" }],
    teams: [{ name: "West", from: "2025-01-01" }],
  },
  { id: "dan", active: false },
  { id: "mia" },
  { id: "noa" },
];

export const RATES: NonNullable<World["rates"]> = [
  { currency: "USD", day: "2025-12-01", rate: 0.9 },
  { currency: "USD", day: "2026-03-15", rate: 0.85 },
];

export const TARGETS: readonly TargetSpec[] = [
  { who: "ana", from: "2026-04-01", to: "2026-07-01", value: "1000" },
  { who: "ben", from: "2026-04-01", to: "2026-05-01", value: "300" },
  { who: "ben", from: "2026-05-01", to: "2026-06-01", value: "300" },
  { who: "ben", from: "2026-06-01", to: "2026-07-01", value: "300" },
  { who: "team:West", from: "2026-01-01", to: "2026-04-01", value: "5000" },
  { who: "mia", from: "2026-01-01", to: "2026-04-01", value: "9000" },
];

const START = "2025-11-20" as Day;

/** No log tells the future: 2026-06-29, the day before now. */
const LAST = 221;

/** Deals of a half-year with all that goes wrong: no owner, amount, date or history, other currencies, re-opened, moved back, handed over. */
export function dealSpecs(atMost: number): fc.Arbitrary<readonly DealSpec[]> {
  return fc
    .array(dealSpec(), { minLength: 1, maxLength: atMost })
    .map((deals) => deals.map((deal, index) => ({ ...deal, id: `d${index}` })));
}

const OWNERS = ["ana", "ben", "cem", "dan", "ghost", null];
const OPEN_STAGES = ["discovery", "proposal"];

function dealSpec(): fc.Arbitrary<DealSpec> {
  return fc
    .record({
      start: fc.integer({ min: 0, max: 200 }),
      hour: fc.constantFrom("00:00:00.000", "08:30:00.000", "23:59:59.999"),
      moves: fc.array(
        fc.record({ after: fc.integer({ min: 0, max: 40 }), stage: fc.constantFrom("discovery", "proposal", "won", "lost", "duplicate") }),
        {
          maxLength: 5,
        },
      ),
      isLogged: fc.boolean(),
      isDated: fc.boolean(),
      owner: fc.constantFrom(...OWNERS),
      secondOwner: fc.option(fc.constantFrom(...OWNERS)),
      amount: fc.oneof(fc.constant(null), fc.constant(0), fc.integer({ min: -500, max: 90_000 }), fc.constant(9_000_000_000_000)),
      currency: fc.constantFrom("EUR", "USD", "JPY"),
      amountBefore: fc.option(fc.integer({ min: 0, max: 900 })),
      closeShift: fc.integer({ min: -2, max: 60 }),
      source: fc.constantFrom("web", "event", null),
      isDeleted: fc.boolean(),
    })
    .map((draw) => {
      const at = (days: number): string => `${addDays(START, days)}T${draw.hour}Z`;
      let day = draw.start;
      const log: [string, string][] = [[at(day), OPEN_STAGES[draw.start % 2] ?? "discovery"]];
      for (const move of draw.moves) {
        if (day + move.after > LAST) break;
        day += move.after;
        log.push([at(day), move.stage]);
      }
      const isOpen = OPEN_STAGES.includes(log.at(-1)?.[1] ?? "");
      const owner = draw.secondOwner === null ? draw.owner : draw.secondOwner;
      const middle = at(draw.start + Math.floor((day - draw.start) / 2));
      const changes: [string, string, string | null][] = [];
      if (draw.secondOwner !== null) changes.push([at(draw.start), "owner", draw.owner], [middle, "owner", draw.secondOwner]);
      if (draw.amountBefore !== null)
        changes.push([at(draw.start), "amount", String(draw.amountBefore)], [middle, "amount", majorText(draw.amount, draw.currency)]);
      return {
        id: "",
        created: draw.isDated ? at(draw.start) : null,
        ...(draw.isLogged ? { log, changes } : { stage: log.at(-1)?.[1] ?? "discovery" }),
        owner: draw.isLogged ? owner : draw.owner,
        close: isOpen && draw.closeShift < 0 ? null : addDays(START, isOpen ? day + draw.closeShift : day),
        amount: draw.amount,
        currency: draw.currency,
        source: draw.source,
        deleted: draw.isDeleted && draw.closeShift % 5 === 0 ? "2026-06-01T00:00:00.000Z" : null,
      };
    });
}

/** Field logs hold amounts as the CRM gives them. */
function majorText(minor: number | null, currency: string): string | null {
  if (minor === null) return null;
  return currency === "JPY" ? String(minor) : (minor / 100).toFixed(2);
}
