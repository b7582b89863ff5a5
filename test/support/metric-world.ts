import type { Insertable } from "kysely";
import type { Organization } from "#core/organization.ts";
import type { Outcome } from "#core/records.ts";
import { type Day, daysBetween } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import type { Db } from "#warehouse/schema/db.ts";
import type { WriteTx } from "#warehouse/warehouse.ts";

/** A small company in plain words; what is left out is ordinary. */
export interface World {
  readonly people?: readonly PersonSpec[];
  readonly deals?: readonly DealSpec[];
  /** Stages of `hs:default` in order; by default Discovery, Proposal, Won, Lost and Duplicate. */
  readonly stages?: readonly { readonly id: string; readonly outcome: Outcome }[];
  readonly rates?: readonly { readonly currency: string; readonly day: string; readonly rate: number }[];
  readonly targets?: readonly TargetSpec[];
}

export interface PersonSpec {
  readonly id: string;
  /** Spells in order, `from` a day; the first holds for the time before, too. */
  readonly managers?: readonly { readonly id: string | null; readonly from: string; readonly to?: string }[];
  readonly teams?: readonly { readonly name: string; readonly from: string; readonly to?: string }[];
  /** Owner ids per connection; by default the person's own id in `hs`. */
  readonly owners?: Readonly<Record<string, string>>;
  readonly active?: boolean;
}

export interface DealSpec {
  readonly id: string;
  readonly connection?: string;
  readonly owner?: string | null;
  readonly stage?: string;
  readonly pipeline?: string;
  /** An instant or a day (then noon UTC); null: unknown. */
  readonly created?: string | null;
  readonly close?: string | null;
  /** Minor units; null: none. */
  readonly amount?: number | null;
  readonly currency?: string;
  readonly outcome?: Outcome;
  /** Stage log: `[moment, stage]`. The last one is the deal's stage. */
  readonly log?: readonly (readonly [string, string])[];
  /** Field log: `[moment, field, value]`. */
  readonly changes?: readonly (readonly [string, string, string | null])[];
  readonly source?: string | null;
  readonly segment?: string | null;
  readonly product?: string | null;
  readonly account?: string | null;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly lossReason?: string | null;
  readonly probability?: number | null;
  readonly deleted?: string | null;
  readonly forecastCategory?: string | null;
  readonly nextStep?: string | null;
}

export interface TargetSpec {
  readonly who: string;
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly metric?: string;
  readonly unit?: string;
}

export const STAGES: NonNullable<World["stages"]> = [
  { id: "discovery", outcome: "open" },
  { id: "proposal", outcome: "open" },
  { id: "won", outcome: "won" },
  { id: "lost", outcome: "lost" },
  { id: "duplicate", outcome: "disqualified" },
];

/** An organisation without surprises: UTC, EUR, calendar year, weeks from Monday. */
export function organization(changes: Partial<Organization> = {}): Organization {
  return {
    name: "Acme",
    timeZone: "UTC",
    currency: "EUR",
    language: "en",
    periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
    calendar: { holidays: new Set(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
    ...changes,
  };
}

export function moment(text: string): Instant {
  return (text.length === 10 ? `${text}T12:00:00.000Z` : text) as Instant;
}

const SEEN = "2026-01-01T00:00:00.000Z";
const CRM = { source_updated_at: null, content_hash: "", first_seen_at: SEEN, changed_seen_at: SEEN, deleted_seen_at: null };

/** Stores a world as a sync would have left it. */
export async function storeWorld(tx: WriteTx, world: World, of: Organization = organization()): Promise<void> {
  const rows = worldRows(world, of);
  for (const [table, values] of Object.entries(rows)) {
    for (let at = 0; at < values.length; at += 200) {
      await tx
        .insertInto(table as keyof typeof rows)
        .values(values.slice(at, at + 200) as never)
        .execute();
    }
  }
}

/** What the warehouse knows of a deal when it marks blocks. */
export function dealDays(deal: DealSpec, of: Organization = organization()) {
  const row = dealRow(deal, STAGES, of);
  const stays = stayRows(deal, STAGES, of).map((stay) => ({ entered_day: stay.entered_day, left_day: stay.left_day ?? null }));
  return {
    row: {
      created_day: row.created_day ?? null,
      close_day: row.close_day ?? null,
      stage_closed_at: row.stage_closed_at ?? null,
      outcome: row.outcome,
    },
    stays,
  };
}

function worldRows(world: World, of: Organization) {
  const stages = world.stages ?? STAGES;
  const deals = world.deals ?? [];
  return {
    stages: stages.map((stage, index) => stageRow(stage, index)),
    deals: deals.map((deal) => dealRow(deal, stages.length === 0 ? STAGES : stages, of)),
    deal_stage_history: deals.flatMap((deal) => stayRows(deal, stages.length === 0 ? STAGES : stages, of)),
    deal_changes: deals.flatMap((deal) => changeRows(deal)),
    people: (world.people ?? []).map(personRow),
    crm_users: (world.people ?? []).flatMap((person) =>
      Object.entries(ownersOf(person)).map(([connection, id]) => userRow(person, connection, id)),
    ),
    manager_history: (world.people ?? []).flatMap((person) =>
      (person.managers ?? []).map((spell) => ({
        person_id: person.id,
        manager_id: spell.id,
        valid_from: spell.from,
        valid_to: spell.to ?? null,
      })),
    ),
    team_members: (world.people ?? []).flatMap((person) =>
      (person.teams ?? []).map((spell) => ({
        person_id: person.id,
        kind: "team",
        value: spell.name,
        valid_from: spell.from,
        valid_to: spell.to ?? null,
      })),
    ),
    exchange_rates: (world.rates ?? []).map((rate, index) => ({
      connection_id: "hs",
      source_id: `rate-${index}`,
      ...rate,
      first_seen_at: SEEN,
      deleted_seen_at: null,
    })),
    targets: (world.targets ?? []).map(targetRow),
  };
}

function ownersOf(person: PersonSpec): Readonly<Record<string, string>> {
  return person.owners ?? { hs: person.id };
}

function stageRow(stage: { readonly id: string; readonly outcome: Outcome }, index: number): Insertable<Db["stages"]> {
  return {
    ...CRM,
    connection_id: "hs",
    source_id: `default/${stage.id}`,
    pipeline_id: "default",
    stage_id: stage.id,
    label: stage.id,
    sort_order: index,
    probability: null,
    outcome: stage.outcome,
    crm_outcome: stage.outcome,
    forecast_category: null,
    archived: 0,
  };
}

const outcomeOf = (stages: NonNullable<World["stages"]>, id: string): Outcome => stages.find((stage) => stage.id === id)?.outcome ?? "open";

function dealRow(deal: DealSpec, stages: NonNullable<World["stages"]>, of: Organization): Insertable<Db["deals"]> {
  const log = deal.log ?? [];
  const stage = deal.stage ?? log.at(-1)?.[1] ?? "discovery";
  const outcome = deal.outcome ?? outcomeOf(stages, stage);
  const created = deal.created === undefined ? "2026-01-05" : deal.created;
  const outcomes = log.map(([, id]) => outcomeOf(stages, id));
  let closing = log.length - 1;
  while (closing > 0 && outcomes[closing - 1] === outcomes[closing]) closing -= 1;
  return {
    ...CRM,
    connection_id: deal.connection ?? "hs",
    source_id: deal.id,
    deleted_seen_at: deal.deleted ?? null,
    name: `Deal ${deal.id}`,
    owner_id: deal.owner === undefined ? "ana" : deal.owner,
    account_id: deal.account ?? null,
    product_id: deal.product ?? null,
    pipeline_id: deal.pipeline ?? "default",
    stage_id: stage,
    crm_outcome: null,
    outcome,
    amount_raw: deal.amount === undefined || deal.amount === null ? null : String(deal.amount / 100),
    currency: deal.currency ?? "EUR",
    amount_minor: deal.amount === undefined ? 10_000 : deal.amount,
    created_at: created === null ? null : moment(created),
    created_day: created === null ? null : zone(of.timeZone).dayOf(moment(created)),
    closed_at: null,
    close_day: deal.close ?? null,
    forecast_category: deal.forecastCategory ?? null,
    probability: deal.probability ?? null,
    next_step: deal.nextStep ?? null,
    source: deal.source ?? null,
    segment: deal.segment ?? null,
    territory_id: null,
    loss_reason: deal.lossReason ?? null,
    dimensions: JSON.stringify(deal.dimensions ?? {}),
    stage_entered_at: log.length === 0 ? null : moment(log.at(-1)?.[0] ?? ""),
    stage_closed_at: log.length === 0 || outcome === "open" ? null : moment(log[closing]?.[0] ?? ""),
    reopen_count: outcomes.filter((each, index) => index > 0 && each === "open" && outcomes[index - 1] !== "open").length,
    born_closed: log.length > 0 && outcomes[0] !== "open" ? 1 : 0,
    merged_into: null,
  };
}

function stayRows(deal: DealSpec, stages: NonNullable<World["stages"]>, of: Organization): readonly Insertable<Db["deal_stage_history"]>[] {
  const log = (deal.log ?? []).filter(([, stage], index, all) => all[index - 1]?.[1] !== stage);
  const open = stages.filter((stage) => stage.outcome === "open" || stage.outcome === "won").map((stage) => stage.id);
  return log.map(([at, stage], index) => {
    const next = log[index + 1];
    const day = zone(of.timeZone).dayOf(moment(at));
    const leftDay = next === undefined ? null : zone(of.timeZone).dayOf(moment(next[0]));
    const before = log[index - 1]?.[1];
    return {
      connection_id: deal.connection ?? "hs",
      deal_id: deal.id,
      ordinal: index + 1,
      pipeline_id: deal.pipeline ?? "default",
      stage_id: stage,
      entered_at: moment(at),
      entered_day: day,
      left_at: next === undefined ? null : moment(next[0]),
      left_day: leftDay,
      direction: before === undefined ? "first" : directionOf(before, stage, open, stages),
      basis: "recorded",
      days: leftDay === null ? null : daysBetween(day as Day, leftDay as Day),
    };
  });
}

function directionOf(before: string, stage: string, open: readonly string[], stages: NonNullable<World["stages"]>): string {
  if (outcomeOf(stages, stage) !== "open") return "close";
  if (outcomeOf(stages, before) !== "open") return "reopen";
  return open.indexOf(stage) > open.indexOf(before) ? "forward" : "backward";
}

function changeRows(deal: DealSpec): readonly Insertable<Db["deal_changes"]>[] {
  return (deal.changes ?? []).map(([at, field, value], index) => ({
    connection_id: deal.connection ?? "hs",
    source_id: `${deal.id}-${index}`,
    deal_id: deal.id,
    field,
    changed_at: moment(at),
    sequence: index,
    value,
    actor_id: null,
    basis: "recorded",
    first_seen_at: SEEN,
    deleted_seen_at: null,
  }));
}

function personRow(person: PersonSpec): Insertable<Db["people"]> {
  return {
    person_id: person.id,
    email: null,
    name: person.id,
    role: null,
    segment: null,
    region: null,
    territory: null,
    team: person.teams?.at(-1)?.name ?? null,
    manager_id: person.managers?.at(-1)?.id ?? null,
    language: null,
    time_zone: null,
    started_on: null,
    ended_on: null,
    is_active: person.active === false ? 0 : 1,
    first_seen_at: SEEN,
    changed_seen_at: SEEN,
  };
}

function userRow(person: PersonSpec, connection: string, id: string): Insertable<Db["crm_users"]> {
  return {
    ...CRM,
    connection_id: connection,
    source_id: id,
    person_id: person.id,
    name: person.id,
    email: null,
    manager_source_id: null,
    manager_name: null,
    team_name: null,
    region: null,
    territory: null,
    role: null,
    active: person.active === false ? 0 : 1,
    is_person: 1,
    started_on: null,
    ended_on: null,
    other_ids: "[]",
  };
}

function targetRow(target: TargetSpec, index: number): Insertable<Db["targets"]> {
  return {
    ...CRM,
    connection_id: "targets",
    source_id: `target-${index}`,
    who: target.who,
    metric: target.metric ?? "won_amount",
    period_start: target.from,
    period_end: target.to,
    value_raw: target.value,
    unit: target.unit ?? "EUR",
    ramped: 0,
    origin: null,
    acknowledged_at: null,
    acknowledged_by: null,
  };
}
