import { addDays, type Day } from "#core/time/day.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import { PEOPLE } from "./people.ts";
import { PIPELINES } from "./pipelines.ts";
import { quotas } from "./quotas.ts";
import type { Company, Product, Rate, Team } from "./types.ts";

export const DAY_MS = 86_400_000;

const TEAMS: readonly Team[] = [
  { key: "sales", name: "Sales", parentKey: null, region: "Global" },
  { key: "north", name: "Europe North", parentKey: "sales", region: "EMEA" },
  { key: "south", name: "Europe South & Iberia", parentKey: "sales", region: "EMEA" },
  { key: "pacific", name: "Asia-Pacific 亞太", parentKey: "sales", region: "APAC" },
];

const PRODUCTS: readonly Product[] = [
  { key: "probe-s", name: "Probe S", series: "Probe", price: 550 },
  { key: "probe-pro", name: "Probe Pro", series: "Probe", price: 4_821 },
  { key: "probe-max", name: 'Probe Max 5" & up', series: "Probe", price: 5_482 },
  { key: "flow-basic", name: "Flow Básico", series: "Flow", price: 1_096 },
  { key: "flow-plus", name: "Flow Plus", series: "Flow", price: 3_393 },
  { key: "lab-500", name: "Lab 500", series: "Lab", price: 26_768 },
];

/** Everything but the deals, as seen at `anchor`. */
export function makeCompany(anchor: Instant, historyDays: number, dealCount: number): Company {
  const from = addDays(dayOf(anchor), -historyDays - 31);
  return {
    name: "Brightwater Instruments",
    domain: "brightwater.example",
    homeCurrency: "EUR",
    currencies: ["EUR", "USD", "JPY"],
    people: PEOPLE.map((person) => ({
      key: person.key,
      kind: person.kind,
      firstName: person.firstName,
      lastName: person.lastName,
      email: person.mailbox === null ? null : `${person.mailbox}@brightwater.example`,
      title: person.title,
      teamKey: person.teamKey,
      managerKey: person.managerKey,
      sides: person.sides,
      language: person.language,
      timeZone: person.timeZone,
      startedAt: before(anchor, person.startedDaysAgo),
      leftAt: person.leftDaysAgo === null ? null : before(anchor, person.leftDaysAgo),
    })),
    teams: TEAMS,
    pipelines: PIPELINES.map((pipeline) => ({
      key: pipeline.key,
      label: pipeline.label,
      stages: pipeline.stages.map((stage) => ({
        key: stage.key,
        label: stage.label,
        probability: stage.probability,
        outcome: stage.outcome,
        forecast: stage.forecast,
        renamed: stage.renamedFrom === null ? null : { at: before(anchor, 200), from: stage.renamedFrom },
      })),
    })),
    products: PRODUCTS,
    rates: rates(from, addDays(dayOf(anchor), 366)),
    quotas: quotas(dayOf(anchor), historyDays, dealCount),
  };
}

/** The UTC day of an instant: the world lives by UTC, its people by their own zones. */
export function dayOf(instant: Instant): Day {
  return instant.slice(0, 10) as Day;
}

function before(anchor: Instant, days: number): Instant {
  return instantFromMs(msOf(anchor) - days * DAY_MS);
}

/** A new rate on the first of each month, wandering a little around its mean. */
function rates(from: Day, to: Day): readonly Rate[] {
  const found: Rate[] = [];
  for (let day = `${from.slice(0, 7)}-01` as Day; day <= to; day = `${addDays(day, 31).slice(0, 7)}-01` as Day) {
    const month = Number(day.slice(5, 7)) + 12 * Number(day.slice(0, 4));
    found.push({ currency: "USD", from: day, perHome: round(1.09 + 0.03 * Math.sin(month), 4) });
    found.push({ currency: "JPY", from: day, perHome: round(163 + 4 * Math.cos(month * 0.7), 2) });
  }
  return found;
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
