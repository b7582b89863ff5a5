import type { DealState, StayState } from "#core/facts.ts";
import { currencyExponent, toMinor } from "#core/money.ts";
import { FORECAST_CATEGORIES, type ForecastCategory, type Outcome } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { ChangeRow, DealHistory, DealRow, StayRow } from "#warehouse/facts/deals.ts";
import { outcomeOf, type Reference } from "./reference.ts";

/** A deal as it stood at some moment, with who owned it when. */
export interface DatedDeal {
  readonly state: DealState;
  /** CRM owner at that moment; null: none, or not recorded. */
  ownerAt(instant: Instant): string | null;
  /** When it was closed, where history has it. */
  readonly closingAt: Instant | null;
  readonly createdAt: Instant | null;
}

/** The deal as of `at` from its history (R5); null when it did not exist yet. `isLatest`: nothing known happened after `at`, so today's row is it. */
export function dealAt(history: DealHistory, at: Instant, isLatest: boolean, reference: Reference): DatedDeal | null {
  const { row } = history;
  if (row.created_at !== null && row.created_at > at) return null;
  return isLatest ? latest(history, reference) : rebuilt(history, at, reference);
}

function latest(history: DealHistory, reference: Reference): DatedDeal {
  const { row } = history;
  const stays = staysOf(row.connection_id, history.stays, null, reference);
  const closingAt = row.outcome === "open" ? null : instantOf(row.stage_closed_at);
  const state: DealState = {
    ...fixedFields(row, row.pipeline_id, row.stage_id, reference),
    outcome: outcomeOf(row.outcome),
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    nextStep: row.next_step,
    forecastCategory: categoryOf(row.forecast_category),
    createdDay: row.created_day === null ? null : reference.dayNumber(row.created_day),
    closeDay: row.close_day === null ? null : reference.dayNumber(row.close_day),
    closingDay: closingDayOf(closingAt, row.close_day, row.outcome !== "open", reference),
    currency: row.currency,
    amountMinor: row.amount_minor,
    bornClosed: row.born_closed === 1,
    reopenCount: row.reopen_count,
    stays,
  };
  return dated(history, state, closingAt);
}

function rebuilt(history: DealHistory, at: Instant, reference: Reference): DatedDeal {
  const { row } = history;
  const kept = history.stays.filter((stay) => stay.enteredAt <= at);
  const stays = staysOf(row.connection_id, kept, history.stays[kept.length] ?? null, reference);
  const current = stays.at(-1);
  const isCurrentStay = kept.length === history.stays.length;
  const place = placeAt(history, at, current, isCurrentStay, reference);
  const closed = place.outcome !== "open";
  const closingAt = closed ? lastClosing(kept, stays) : null;
  const closeDay = closeDayAt(history, at, closed, isCurrentStay, closingAt, reference);
  const currency = valueAt(history.changes, "currency", at, row.currency) ?? row.currency;
  const state: DealState = {
    ...fixedFields(row, place.pipelineId, place.stageId, reference),
    ...place,
    nextStep: valueAt(history.changes, "nextStep", at, row.next_step),
    forecastCategory: categoryOf(valueAt(history.changes, "forecastCategory", at, row.forecast_category)),
    createdDay: row.created_day === null ? null : reference.dayNumber(row.created_day),
    closeDay: closeDay === null ? null : reference.dayNumber(closeDay),
    closingDay: closingDayOf(closingAt, closeDay, closed, reference),
    currency,
    amountMinor: amountAt(history, at, currency),
    bornClosed: stays[0] !== undefined && stays[0].outcome !== "open",
    reopenCount: stays.filter((stay, index) => index > 0 && stay.outcome === "open" && stays[index - 1]?.outcome !== "open").length,
    stays,
  };
  return dated(history, state, closingAt);
}

/** A share of the whole; anything else is none (R18). */
function probabilityOf(probability: number | null): number | null {
  return probability !== null && probability >= 0 && probability <= 1 ? probability : null;
}

/** When the closing that still holds began (R10): a move between two closed stages of the same outcome is no new one. */
function lastClosing(rows: readonly StayRow[], stays: readonly StayState[]): Instant | null {
  let at = stays.length - 1;
  while (at > 0 && stays[at - 1]?.outcome === stays[at]?.outcome) at -= 1;
  const row = rows[at];
  return row === undefined || row.basis !== "recorded" ? null : instantOf(row.enteredAt);
}

/** Fields without a history of their own: as they are today. */
function fixedFields(row: DealRow, pipelineId: string, stageId: string, reference: Reference) {
  return {
    connectionId: row.connection_id,
    dealId: row.source_id,
    name: row.name,
    accountId: row.account_id,
    productId: row.product_id,
    source: row.source,
    segment: row.segment,
    territoryId: row.territory_id,
    lossReason: row.loss_reason,
    probability: probabilityOf(row.probability ?? reference.stage(row.connection_id, pipelineId, stageId)?.probability ?? null),
    dimensions: row.dimensions,
  };
}

function dated(history: DealHistory, state: DealState, closingAt: Instant | null): DatedDeal {
  return {
    state,
    closingAt,
    createdAt: instantOf(history.row.created_at),
    ownerAt: (instant) => valueAt(history.changes, "owner", instant, history.row.owner_id),
  };
}

/** Stage and outcome as of `at`. Without a recorded stage the outcome follows the close date, and the stage is today's. */
function placeAt(
  history: DealHistory,
  at: Instant,
  current: StayState | undefined,
  isCurrentStay: boolean,
  reference: Reference,
): { outcome: Outcome; pipelineId: string; stageId: string } {
  const { row } = history;
  const today = { outcome: outcomeOf(row.outcome), pipelineId: row.pipeline_id, stageId: row.stage_id };
  if (current !== undefined) {
    if (isCurrentStay) return today;
    return { outcome: current.outcome, pipelineId: current.pipelineId, stageId: current.stageId };
  }
  const closedBy = row.close_day !== null && row.close_day <= reference.zone.dayOf(at);
  if (history.stays.length === 0 && (today.outcome === "open" || closedBy)) return today;
  return { outcome: "open", pipelineId: row.pipeline_id, stageId: "" };
}

function closeDayAt(
  history: DealHistory,
  at: Instant,
  closed: boolean,
  isCurrentStay: boolean,
  closingAt: Instant | null,
  reference: Reference,
): string | null {
  const { row } = history;
  const isLogged = history.changes.some((change) => change.field === "closeDay");
  if (isLogged) return valueAt(history.changes, "closeDay", at, row.close_day);
  // Without a log the stored close date belongs to today's state: an earlier closing has the day it happened.
  if (isCurrentStay || !closed) return isCurrentStay || row.outcome === "open" ? row.close_day : null;
  return closingAt === null ? row.close_day : reference.zone.dayOf(closingAt);
}

/** Owner at creation: the first one recorded, else today's. */
export function firstOwner(history: DealHistory): string | null {
  const first = history.changes.find((change) => change.field === "owner");
  return first === undefined ? history.row.owner_id : first.value;
}

/** Amount as first set (the first one recorded that is none of null), else as it stands. */
export function firstAmount(history: DealHistory, state: DealState): number | null {
  const first = history.changes.find((change) => change.field === "amount" && change.value !== null);
  if (first === undefined) return state.amountMinor;
  const minor = toMinor(first.value ?? "", currencyExponent(state.currency));
  return minor.state === "ok" ? minor.minor : null;
}

function amountAt(history: DealHistory, at: Instant, currency: string): number | null {
  const { row } = history;
  const isLogged = history.changes.some((change) => change.field === "amount");
  if (!isLogged) return row.amount_minor;
  const raw = valueAt(history.changes, "amount", at, null);
  if (raw === null) return null;
  const minor = toMinor(raw, currencyExponent(currency));
  return minor.state === "ok" ? minor.minor : null;
}

/** The value of a logged field at a moment. Never logged: it never changed. Logged only later: not known (null). */
export function valueAt(changes: readonly ChangeRow[], field: string, at: string, today: string | null): string | null {
  let isLogged = false;
  let value: string | null = null;
  for (const change of changes) {
    if (change.field !== field) continue;
    isLogged = true;
    if (change.changedAt > at) break;
    value = change.value;
  }
  return isLogged ? value : today;
}

/** `next` is the stay that began after D: what left into it is still running as of D. */
function staysOf(connectionId: string, rows: readonly StayRow[], next: StayRow | null, reference: Reference): readonly StayState[] {
  const lastIndex = rows.length - 1;
  return rows.map((row, index) => {
    const info = reference.stage(connectionId, row.pipelineId, row.stageId);
    const following = rows[index + 1];
    return {
      ordinal: index + 1,
      pipelineId: row.pipelineId,
      stageId: row.stageId,
      enteredDay: reference.dayNumber(row.enteredDay),
      leftDay: following === undefined ? null : reference.dayNumber(following.enteredDay),
      days: index === lastIndex && next !== null ? null : row.days,
      direction: row.direction,
      basis: row.basis,
      place: info?.place ?? null,
      outcome: info?.outcome ?? "open",
    };
  });
}

function closingDayOf(closingAt: Instant | null, closeDay: string | null, closed: boolean, reference: Reference): number | null {
  if (!closed) return null;
  if (closingAt !== null) return reference.dayNumber(reference.zone.dayOf(closingAt));
  return closeDay === null ? null : reference.dayNumber(closeDay);
}

function categoryOf(text: string | null): ForecastCategory | null {
  return FORECAST_CATEGORIES.find((category) => category === text) ?? null;
}

function instantOf(text: string | null): Instant | null {
  return text as Instant | null;
}
