import { addDays, type Day } from "#core/time/day.ts";
import { periodsBetween } from "#core/time/period.ts";
import { PEOPLE } from "./people.ts";
import type { Quota } from "./types.ts";

const RULES = { fiscalYearStartMonth: 1, weekStartsOn: 1 };
/** Won amount in the home currency that one deal of the world brings on average, over all reps. */
const HOME_PER_DEAL = 5_200;

/** Monthly and quarterly quotas of each rep and quarterly ones of each team, from a year before the history to half a year ahead. */
export function quotas(today: Day, historyDays: number, dealCount: number): readonly Quota[] {
  const from = addDays(today, -historyDays);
  const to = addDays(today, 180);
  const perDay = (dealCount * HOME_PER_DEAL) / historyDays;
  const reps = PEOPLE.filter((person) => person.kind === "rep" && person.leftDaysAgo === null);
  const totalLoad = reps.reduce((sum, rep) => sum + rep.habits.quotaShare, 0);
  return (["month", "quarter"] as const).flatMap((every) =>
    periodsBetween(from, to, every, RULES).flatMap((period) => {
      const lastDay = addDays(period.end, -1);
      const days = every === "month" ? 30.4 : 91.3;
      const amountOf = (share: number): number => Math.max(1_000, Math.round((perDay * days * share) / totalLoad / 1_000) * 1_000);
      // Nobody has a quota for a time before they came.
      const hired = reps.filter((rep) => addDays(today, -rep.startedDaysAgo) <= lastDay);
      const each = hired.map((rep) => ({
        key: `quota-${every}-${period.start}-${rep.key}`,
        who: { person: rep.key },
        every,
        firstDay: period.start,
        lastDay,
        amount: amountOf(rep.habits.quotaShare),
        sides: rep.sides,
      }));
      return every === "month" ? each : [...each, ...teamQuotas(each, period.start, lastDay)];
    }),
  );
}

function teamQuotas(each: readonly Quota[], firstDay: Day, lastDay: Day): readonly Quota[] {
  const teams = [...new Set(PEOPLE.flatMap((person) => (person.kind === "rep" && person.teamKey !== null ? [person.teamKey] : [])))];
  return teams.map((team) => {
    const members = new Set(PEOPLE.filter((person) => person.teamKey === team).map((person) => person.key));
    const amount = each.reduce((sum, quota) => ("person" in quota.who && members.has(quota.who.person) ? sum + quota.amount : sum), 0);
    return { key: `quota-quarter-${firstDay}-${team}`, who: { team }, every: "quarter", firstDay, lastDay, amount, sides: ["one"] };
  });
}
