import type { Reject } from "#core/connector.ts";
import type { Account, Change, Contact, ExchangeRate, LifecycleChange, Target } from "#core/records.ts";
import { addDays, type Day } from "#core/time/day.ts";
import { instantFromMs, msOf } from "#core/time/instant.ts";
import { zone } from "#core/time/zone.ts";
import { idOf, instantOf, isObject, numberOf, textOf, type WireRecord } from "./decode.ts";
import { instantIn, type Mapped, mergesOf, value } from "./map.ts";

export function mapCompany(record: WireRecord): Mapped {
  const rejects: Reject[] = [];
  const account: Account = {
    id: record.id,
    sourceUpdatedAt: instantIn(record, "hs_lastmodifieddate", "account", rejects),
    name: value(record, "name"),
    sector: value(record, "industry"),
    region: value(record, "state") ?? value(record, "country"),
    parentId: value(record, "hs_parent_company_id"),
    ownerId: value(record, "hubspot_owner_id"),
  };
  return { changes: [{ type: "account", op: "upsert", record: account }, ...mergesOf("account", record)], rejects };
}

export function mapContact(record: WireRecord): Mapped {
  const rejects: Reject[] = [];
  const name = [value(record, "firstname"), value(record, "lastname")].filter((part) => part !== null).join(" ");
  const contact: Contact = {
    id: record.id,
    sourceUpdatedAt: instantIn(record, "lastmodifieddate", "contact", rejects),
    name: name === "" ? null : name,
    email: value(record, "email"),
    accountId: value(record, "associatedcompanyid"),
    ownerId: value(record, "hubspot_owner_id"),
    lifecycleStage: value(record, "lifecyclestage"),
  };
  const lifecycle = lifecycleChanges(record).map((change): Change => ({ type: "lifecycleChange", op: "upsert", record: change }));
  return { changes: [{ type: "contact", op: "upsert", record: contact }, ...lifecycle, ...mergesOf("contact", record)], rejects };
}

function lifecycleChanges(record: WireRecord): readonly LifecycleChange[] {
  return (record.history["lifecyclestage"] ?? []).flatMap(({ value: stage, at }) =>
    stage === null || stage === "" ? [] : [{ id: `${record.id}/${at}/${stage}`, contactId: record.id, stage, changedAt: at }],
  );
}

/** Changes of one page of owners, with teams and memberships as far as they show. */
export interface Owners {
  readonly changes: readonly Change[];
  readonly rejects: readonly Reject[];
  readonly membershipIds: readonly string[];
}

export function mapOwners(results: readonly unknown[], isArchived: boolean): Owners {
  const changes: Change[] = [];
  const rejects: Reject[] = [];
  const membershipIds: string[] = [];
  for (const [index, raw] of results.entries()) {
    const owner = isObject(raw) ? raw : {};
    const id = idOf(owner["id"]);
    if (id === null) {
      const reason = "The owner can't be read: id is missing or no id.";
      rejects.push({ type: "user", ref: `owners[${index}]`, code: "record.shape", reason, payload: null });
      continue;
    }
    changes.push({ type: "user", op: "upsert", record: ownerOf(id, owner, isArchived) });
    for (const team of Array.isArray(owner["teams"]) ? owner["teams"].filter(isObject) : []) {
      const teamId = idOf(team["id"]);
      if (teamId === null) continue;
      const name = textOf(team["name"]) ?? teamId;
      changes.push({ type: "team", op: "upsert", record: { id: teamId, sourceUpdatedAt: null, name, parentId: null } });
      const membership = { id: `${teamId}/${id}`, teamId, userId: id, isPrimary: team["primary"] === true };
      changes.push({ type: "membership", op: "upsert", record: membership });
      membershipIds.push(membership.id);
    }
  }
  return { changes, rejects, membershipIds };
}

function ownerOf(id: string, owner: Readonly<Record<string, unknown>>, isArchived: boolean) {
  const name = [textOf(owner["firstName"]), textOf(owner["lastName"])].filter((part) => part !== null).join(" ");
  const userId = idOf(owner["userId"]) ?? idOf(owner["userIdIncludingInactive"]);
  return {
    id,
    // Permission changes don't move it, and archiving need not: the list a person stands in decides, so nothing is "older".
    sourceUpdatedAt: null,
    name: name === "" ? null : name,
    email: textOf(owner["email"]),
    managerId: null,
    managerName: null,
    teamName: null,
    region: null,
    territory: null,
    role: null,
    active: !isArchived && owner["archived"] !== true,
    isPerson: owner["type"] !== "QUEUE",
    startedOn: null,
    endedOn: null,
    otherIds: userId === null ? [] : [userId],
  } as const;
}

/** Goal types whose target is won revenue; others are kept under HubSpot's own name. */
const GOAL_METRICS: Readonly<Record<string, string>> = { sales_quota: "won_amount", revenue: "won_amount" };

/** A goal's target for one period and one person or team. HubSpot gives the first and last millisecond of the period in UTC. */
export function mapGoal(record: WireRecord, connectionId: string, currency: string): Mapped {
  const rejects: Reject[] = [];
  const start = instantIn(record, "hs_start_datetime", "target", rejects);
  const end = instantIn(record, "hs_end_datetime", "target", rejects);
  const owner = value(record, "hubspot_owner_id");
  const team = value(record, "hs_assignee_team_id") ?? value(record, "hubspot_team_id");
  const amount = value(record, "hs_target_amount");
  if (start === null || end === null || amount === null || (owner === null && team === null)) return { changes: [], rejects };
  const utc = zone("UTC");
  const type = value(record, "hs_goal_type") ?? "goal";
  const target: Target = {
    id: record.id,
    sourceUpdatedAt: instantIn(record, "hs_lastmodifieddate", "target", rejects),
    who: owner === null ? `team:${team}` : `${connectionId}:${owner}`,
    metric: GOAL_METRICS[type] ?? type,
    periodStart: utc.dayOf(start),
    periodEnd: addDays(utc.dayOf(instantFromMs(msOf(end) - 1)), 1),
    valueRaw: amount,
    unit: value(record, "hs_goal_target_currency_code") ?? currency,
    ramped: false,
    origin: value(record, "hs_goal_name"),
  };
  return { changes: [{ type: "target", op: "upsert", record: target }], rejects };
}

/** HubSpot's rates (units of the portal's currency for one of `from`) as rates to the organisation's currency, crossed where they differ. */
export function mapRates(results: readonly unknown[], organizationCurrency: string): readonly ExchangeRate[] {
  const rates = results.filter(isObject).flatMap((raw) => {
    const from = textOf(raw["fromCurrencyCode"]);
    const to = textOf(raw["toCurrencyCode"]);
    const rate = numberOf(String(raw["conversionRate"] ?? ""));
    const at = typeof raw["effectiveAt"] === "string" ? instantOf(raw["effectiveAt"]) : null;
    return from === null || to === null || rate === null || rate <= 0 || at === null
      ? []
      : [{ from, to, rate, day: at.slice(0, 10) as Day }];
  });
  const own = rates.filter((rate) => rate.from === organizationCurrency).sort((a, b) => (a.day < b.day ? -1 : 1));
  return rates.flatMap(({ from, to, rate, day }) => {
    const made = (currency: string, value: number): ExchangeRate => ({ id: `${currency}/${day}`, currency, day, rate: value });
    if (to === organizationCurrency) return [made(from, rate)];
    if (from === organizationCurrency) return [made(to, 1 / rate)];
    const bridge = own.findLast((candidate) => candidate.to === to && candidate.day <= day);
    return bridge === undefined ? [] : [made(from, rate / bridge.rate)];
  });
}
