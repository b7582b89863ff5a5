import type { JsonObject } from "#core/json.ts";
import type { Day } from "#core/time/day.ts";
import { dayFromNumber } from "#core/time/day.ts";
import { type Instant, msOf } from "#core/time/instant.ts";
import type { Account, Activity, Company, Deal, Happening, Person } from "./world/types.ts";
import { makeWorld } from "./world.ts";

export interface ExportOptions {
  /** The moment the export is taken. */
  readonly at: Instant;
  readonly seed?: number;
  readonly deals?: number;
}

/** What a company's CRM would export, and how to read it. */
export interface CsvExport {
  /** File name → content. */
  readonly files: ReadonlyMap<string, string>;
  /** `files` of a `type: file` connection that reads them. */
  readonly connection: JsonObject;
}

interface StageRow {
  readonly deal: string;
  readonly stage: string;
  readonly pipeline: string;
  readonly at: Instant;
}

/** The made-up company as exported files, people and products by their names: the same options give the same bytes. Amounts are in the
 *  home currency, as exports give them. */
export function csvExport(options: ExportOptions): CsvExport {
  const world = makeWorld({
    anchor: options.at,
    layout: "one",
    deals: options.deals ?? 600,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const state = played(world.happenings(null, options.at));
  const names = namesOf(world.company);
  const files = new Map([
    [
      "deals.csv",
      csv(
        DEAL_COLUMNS,
        [...state.deals.values()].map((deal) => dealRow(deal, state, names)),
      ),
    ],
    [
      "team.csv",
      csv(
        TEAM_COLUMNS,
        world.company.people.filter(({ kind }) => kind !== "queue").map((person) => personRow(person, world.company, names)),
      ),
    ],
    ["stage_history.csv", csv(["deal", "pipeline", "stage", "entered"], historyRows(state, names))],
    [
      "activities.csv",
      csv(
        ACTIVITY_COLUMNS,
        [...state.activities.values()].filter(isDone).map((activity) => activityRow(activity, state, names)),
      ),
    ],
    [
      "accounts.csv",
      csv(
        ["id", "account", "sector", "region", "parent", "owner"],
        [...state.accounts.values()].map((account) => accountRow(account, names)),
      ),
    ],
    [
      "products.csv",
      csv(
        ["product", "series", "price"],
        world.company.products.map(({ name, series, price }) => [name, series, String(price)]),
      ),
    ],
    ["targets.csv", csv(["who", "metric", "period_start", "period_end", "value", "unit", "ramp", "source"], targetRows(world.company))],
  ]);
  return { files, connection: connectionOf(world.company) };
}

interface State {
  readonly deals: Map<string, Deal>;
  readonly createdAt: Map<string, Instant>;
  readonly stages: StageRow[];
  readonly accounts: Map<string, Account>;
  readonly activities: Map<string, Activity>;
}

/** The happenings played to their end. */
function played(happenings: Iterable<Happening>): State {
  const state: State = { deals: new Map(), createdAt: new Map(), stages: [], accounts: new Map(), activities: new Map() };
  for (const event of happenings) {
    if (event.what === "account") state.accounts.set(event.account.key, event.account);
    else if (event.what === "activity") state.activities.set(event.activity.key, event.activity);
    else if (event.what === "deal") {
      state.deals.set(event.deal.key, event.deal);
      state.createdAt.set(event.deal.key, event.at);
      state.stages.push({ deal: event.deal.key, stage: event.deal.stageKey, pipeline: event.deal.pipelineKey, at: event.at });
    } else if (event.what === "deal_change") changeDeal(state, event.dealKey, event.set, event.at);
    else if (event.what === "deal_deleted") state.deals.delete(event.dealKey);
    else if (event.what === "deal_merged") state.deals.delete(event.loserKey);
    else if (event.what === "activity_change") changeActivity(state, event.activityKey, event.state);
  }
  return state;
}

function changeDeal(state: State, key: string, set: Partial<Deal>, at: Instant): void {
  const before = state.deals.get(key);
  if (before === undefined) return;
  const deal = { ...before, ...set };
  state.deals.set(key, deal);
  if (deal.stageKey !== before.stageKey || deal.pipelineKey !== before.pipelineKey) {
    state.stages.push({ deal: key, stage: deal.stageKey, pipeline: deal.pipelineKey, at });
  }
}

function changeActivity(state: State, key: string, done: Activity["state"]): void {
  const before = state.activities.get(key);
  if (before !== undefined) state.activities.set(key, { ...before, state: done });
}

interface Names {
  person(key: string | null): string;
  product(key: string | undefined): string;
  pipeline(key: string): string;
  stage(pipeline: string, key: string): string;
  home(amount: string, currency: string, day: Day): string;
}

function namesOf(company: Company): Names {
  const people = new Map(company.people.filter(({ kind }) => kind !== "queue").map((person) => [person.key, fullName(person)]));
  const products = new Map(company.products.map(({ key, name }) => [key, name]));
  const pipelines = new Map(company.pipelines.map((pipeline) => [pipeline.key, pipeline]));
  return {
    person: (key) => people.get(key ?? "") ?? "",
    product: (key) => products.get(key ?? "") ?? "",
    pipeline: (key) => pipelines.get(key)?.label ?? key,
    stage: (pipeline, key) => pipelines.get(pipeline)?.stages.find((stage) => stage.key === key)?.label ?? key,
    home: (amount, currency, day) => {
      const rate = company.rates.filter((one) => one.currency === currency && one.from <= day).at(-1)?.perHome ?? 1;
      return (Number(amount) / rate).toFixed(2);
    },
  };
}

const fullName = ({ firstName, lastName }: Person): string => `${firstName} ${lastName}`;
const dayOf = (at: Instant): Day => dayFromNumber(Math.floor(msOf(at) / 86_400_000));

const DEAL_COLUMNS = [
  "id",
  "name",
  "agent",
  "account",
  "product",
  "pipeline",
  "stage",
  "opened",
  "closed",
  "amount",
  "source",
  "segment",
  "business",
];

function dealRow(deal: Deal, state: State, names: Names): string[] {
  const createdAt = state.createdAt.get(deal.key);
  const day = createdAt === undefined ? null : dayOf(createdAt);
  return [
    deal.key,
    deal.name,
    names.person(deal.ownerKey),
    deal.accountKey,
    names.product(deal.items[0]?.productKey),
    names.pipeline(deal.pipelineKey),
    names.stage(deal.pipelineKey, deal.stageKey),
    createdAt ?? "",
    deal.closeDay ?? "",
    deal.amount === null || day === null ? "" : names.home(deal.amount, deal.currency, day),
    deal.source,
    deal.segment,
    deal.isNewBusiness ? "new" : "existing",
  ];
}

const TEAM_COLUMNS = ["name", "email", "manager", "team", "region", "role", "started", "left"];

function personRow(person: Person, company: Company, names: Names): string[] {
  const team = company.teams.find(({ key }) => key === person.teamKey);
  return [
    fullName(person),
    person.email ?? "",
    names.person(person.managerKey),
    team?.name ?? "",
    team?.region ?? "",
    person.title,
    dayOf(person.startedAt),
    person.leftAt === null ? "" : dayOf(person.leftAt),
  ];
}

function historyRows(state: State, names: Names): string[][] {
  return state.stages
    .filter(({ deal }) => state.deals.has(deal))
    .map(({ deal, pipeline, stage, at }) => [deal, names.pipeline(pipeline), names.stage(pipeline, stage), at]);
}

const ACTIVITY_COLUMNS = ["id", "kind", "direction", "owner", "deal", "at", "minutes", "outcome"];
const isDone = (activity: Activity): boolean => activity.state === "done" && !activity.automated;

function activityRow(activity: Activity, state: State, names: Names): string[] {
  return [
    activity.key,
    activity.kind,
    activity.direction ?? "",
    names.person(activity.ownerKey),
    activity.dealKeys.find((key) => state.deals.has(key)) ?? "",
    activity.occurredAt,
    activity.minutes === null ? "" : String(activity.minutes),
    activity.callOutcome ?? "",
  ];
}

function accountRow(account: Account, names: Names): string[] {
  return [account.key, account.name, account.sector, account.region, account.parentKey ?? "", names.person(account.ownerKey)];
}

function targetRows(company: Company): string[][] {
  return company.quotas.map(({ who, firstDay, lastDay, amount }) => {
    const person = "person" in who ? company.people.find(({ key }) => key === who.person) : undefined;
    const team = "team" in who ? company.teams.find(({ key }) => key === who.team) : undefined;
    const subject = person?.email ?? (team === undefined ? "company" : `team:${team.name}`);
    return [subject, "won_amount", firstDay, lastDay, String(amount), company.homeCurrency, "no", "sales plan"];
  });
}

function csv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
  return `${[header, ...rows].map(line).join("\n")}\n`;
}

function connectionOf(company: Company): JsonObject {
  const stages = Object.fromEntries(company.pipelines.flatMap((pipeline) => pipeline.stages.map(({ label, outcome }) => [label, outcome])));
  return {
    deals: {
      path: "deals.csv",
      columns: {
        id: "id",
        name: "name",
        owner: "agent",
        account: "account",
        product: "product",
        pipeline: "pipeline",
        stage: "stage",
        createdAt: "opened",
        closedAt: "closed",
        amount: "amount",
        source: "source",
        segment: "segment",
      },
      stages,
      dimensions: { business: "business" },
    },
    users: {
      path: "team.csv",
      columns: {
        name: "name",
        email: "email",
        manager: "manager",
        team: "team",
        region: "region",
        role: "role",
        startedAt: "started",
        endedAt: "left",
      },
    },
    stageHistory: { path: "stage_history.csv", columns: { deal: "deal", pipeline: "pipeline", stage: "stage", enteredAt: "entered" } },
    activities: {
      path: "activities.csv",
      columns: {
        id: "id",
        kind: "kind",
        direction: "direction",
        owner: "owner",
        deal: "deal",
        occurredAt: "at",
        minutes: "minutes",
        outcome: "outcome",
      },
    },
    accounts: {
      path: "accounts.csv",
      columns: { id: "id", name: "account", sector: "sector", region: "region", parent: "parent", owner: "owner" },
    },
    products: { path: "products.csv", columns: { name: "product", series: "series", price: "price" } },
    targets: { path: "targets.csv" },
  };
}
