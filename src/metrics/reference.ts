import type { Credit, DayNumber } from "#core/facts.ts";
import { currencyExponent, roundHalfEven } from "#core/money.ts";
import type { Organization } from "#core/organization.ts";
import type { Outcome } from "#core/records.ts";
import { type Day, dayNumber } from "#core/time/day.ts";
import { type Zone, zone } from "#core/time/zone.ts";
import type { ReferenceRows } from "#warehouse/facts/reference.ts";
import { membershipLookup } from "./membership.ts";

/** What a stage means. */
export interface StageInfo {
  readonly label: string;
  readonly outcome: Outcome;
  /** Position among the open stages of its pipeline, then won; null for lost, disqualified and unknown ones. */
  readonly place: number | null;
  /** Number of open stages of its pipeline. */
  readonly openStages: number;
  readonly probability: number | null;
}

/** Look-ups that turn stored rows into facts; built once per reading. */
export interface Reference {
  readonly zone: Zone;
  readonly currency: string;
  stage(connectionId: string, pipelineId: string, stageId: string): StageInfo | undefined;
  /** The person behind an owner of a CRM; the owner itself (`connection:id`) while it is unknown. */
  personOf(connectionId: string, ownerId: string | null): string | null;
  /** The person with the membership valid on that day (R13). The same object for the same person and spell. */
  creditOf(personId: string | null, day: DayNumber): Credit;
  /** Minor units of the organisation's currency at the rate of that day, rounded half-even (R12); null: no rate. */
  convert(minor: number, currency: string, day: DayNumber): number | null;
  dayNumber(day: string): DayNumber;
  /** Everyone known, with the day they left. */
  readonly people: readonly { readonly personId: string; readonly isActive: boolean; readonly endedDay: DayNumber | null }[];
}

export function buildReference(rows: ReferenceRows, organization: Organization): Reference {
  const days = new Map<string, DayNumber>();
  const number = (day: string): DayNumber => {
    let found = days.get(day);
    if (found === undefined) {
      found = dayNumber(day as Day);
      days.set(day, found);
    }
    return found;
  };
  const users = new Map(rows.users.map((user) => [`${user.connection_id}:${user.source_id}`, user.person_id]));
  const stages = stageInfos(rows);
  return {
    zone: zone(organization.timeZone),
    currency: organization.currency,
    stage: (connectionId, pipelineId, stageId) => stages.get(stageKey(connectionId, pipelineId, stageId)),
    personOf: (connectionId, ownerId) => {
      if (ownerId === null) return null;
      const key = `${connectionId}:${ownerId}`;
      return users.get(key) ?? key;
    },
    creditOf: membershipLookup(rows, zone(organization.timeZone)),
    convert: converter(rows, organization.currency),
    dayNumber: number,
    people: rows.people.map((person) => ({
      personId: person.person_id,
      isActive: person.is_active === 1,
      endedDay: person.ended_on === null ? null : number(person.ended_on),
    })),
  };
}

function stageKey(connectionId: string, pipelineId: string, stageId: string): string {
  return `${connectionId}\u001f${pipelineId}\u001f${stageId}`;
}

function stageInfos(rows: ReferenceRows): Map<string, StageInfo> {
  const infos = new Map<string, StageInfo>();
  for (const pipeline of Map.groupBy(rows.stages, (stage) => `${stage.connection_id}\u001f${stage.pipeline_id}`).values()) {
    const open = pipeline.filter((stage) => stage.outcome === "open");
    for (const stage of pipeline) {
      const place = stage.outcome === "won" ? open.length : stage.outcome === "open" ? open.indexOf(stage) : null;
      infos.set(stageKey(stage.connection_id, stage.pipeline_id, stage.stage_id), {
        label: stage.label,
        outcome: outcomeOf(stage.outcome),
        place,
        openStages: open.length,
        probability: stage.probability,
      });
    }
  }
  return infos;
}

/** The stored text as an outcome; anything unknown counts as open, as an unknown stage does. */
export function outcomeOf(text: string): Outcome {
  return text === "won" || text === "lost" || text === "disqualified" ? text : "open";
}

function converter(rows: ReferenceRows, target: string): Reference["convert"] {
  const byCurrency = new Map<string, { days: number[]; rates: number[] }>();
  for (const rate of rows.rates) {
    const list = byCurrency.get(rate.currency) ?? { days: [], rates: [] };
    byCurrency.set(rate.currency, list);
    list.days.push(dayNumber(rate.day as Day));
    list.rates.push(rate.rate);
  }
  const targetExponent = currencyExponent(target);
  return (minor, currency, day) => {
    if (currency === target) return minor;
    const list = byCurrency.get(currency);
    if (list === undefined) return null;
    const rate = list.rates[lastAtOrBefore(list.days, day)];
    if (rate === undefined) return null;
    return roundHalfEven(minor * rate * 10 ** (targetExponent - currencyExponent(currency)));
  };
}

/** Index of the last entry ≤ `value` of a sorted list; −1 when there is none. */
export function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = -1;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
