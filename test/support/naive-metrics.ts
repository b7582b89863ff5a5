import { type DealSpec, moment, type PersonSpec, STAGES, type World } from "./metric-world.ts";

/** A second computation of the first KPIs, written apart from the engine: plain loops over plain records, nothing shared with it. UTC, EUR. */
export interface NaiveQuestion {
  readonly metric: string;
  readonly by: string;
  readonly start: string;
  /** Exclusive. */
  readonly end: string;
  readonly asOf: string;
  readonly now: string;
}

export interface NaiveValue {
  readonly value: number | null;
  readonly n: number;
}

const outcomeOf = (stage: string): string => STAGES.find((each) => each.id === stage)?.outcome ?? "open";
const dayOf = (instant: string): string => instant.slice(0, 10);
const daysFrom = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

interface Snapshot {
  readonly deal: DealSpec;
  readonly stage: string | null;
  readonly outcome: string;
  readonly closeDay: string | null;
  readonly closedAt: string | null;
  readonly runs: readonly { readonly stage: string; readonly from: string; readonly to: string | null }[];
  readonly bornClosed: boolean;
}

function runsUntil(deal: DealSpec, asOf: string): Snapshot["runs"] {
  const runs: { stage: string; from: string; to: string | null }[] = [];
  for (const [at, stage] of deal.log ?? []) {
    const from = moment(at);
    if (from > asOf) break;
    const last = runs.at(-1);
    if (last?.stage === stage) continue;
    if (last !== undefined) last.to = from;
    runs.push({ stage, from, to: null });
  }
  return runs;
}

function snapshot(deal: DealSpec, asOf: string, now: string): Snapshot | null {
  if (deal.deleted) return null;
  if (deal.created && moment(deal.created) > asOf) return null;
  const runs = runsUntil(deal, asOf);
  const hasLog = (deal.log ?? []).length > 0;
  const close = deal.close ?? null;
  const base = { deal, runs, bornClosed: runs[0] !== undefined && outcomeOf(runs[0].stage) !== "open" };
  if (!hasLog) {
    const outcome = outcomeOf(deal.stage ?? "discovery");
    if (asOf >= now || outcome === "open" || (close !== null && close <= dayOf(asOf))) {
      return { ...base, stage: deal.stage ?? "discovery", outcome, closeDay: close, closedAt: null };
    }
    return { ...base, stage: null, outcome: "open", closeDay: null, closedAt: null };
  }
  const last = runs.at(-1);
  if (last === undefined) return { ...base, stage: null, outcome: "open", closeDay: null, closedAt: null };
  const isToday = runs.length === runsUntil(deal, "9999").length;
  const outcome = outcomeOf(last.stage);
  let closedAt: string | null = null;
  if (outcome !== "open") {
    closedAt = last.from;
    for (let index = runs.length - 2; index >= 0 && outcomeOf(runs[index]?.stage ?? "") === outcome; index -= 1)
      closedAt = runs[index]?.from ?? null;
  }
  const isOpenToday = outcomeOf(runsUntil(deal, "9999").at(-1)?.stage ?? "") === "open";
  const closeDay = isToday ? close : closedAt !== null ? dayOf(closedAt) : isOpenToday ? close : null;
  return { ...base, stage: last.stage, outcome, closeDay, closedAt };
}

/** The last value recorded until the moment; recorded only later: unknown. */
function recorded(deal: DealSpec, field: string, at: string, today: string | null): string | null {
  const all = (deal.changes ?? []).filter(([, name]) => name === field);
  if (all.length === 0) return today;
  const until = all.filter(([when]) => moment(when) <= at);
  return until.at(-1)?.[2] ?? null;
}

function amountIn(deal: DealSpec, amountMinor: number | null, day: string, world: World): number | null | "no_rate" {
  if (amountMinor === null) return null;
  const currency = deal.currency ?? "EUR";
  if (currency === "EUR") return amountMinor;
  const rate = (world.rates ?? []).filter((each) => each.currency === currency && each.day <= day).at(-1);
  if (rate === undefined) return "no_rate";
  const exact = (amountMinor * rate.rate) / (currency === "JPY" ? 0.01 : 1);
  const floor = Math.floor(exact);
  return exact - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(exact);
}

function personFor(world: World, connection: string, owner: string | null): string | null {
  if (owner === null) return null;
  const person = (world.people ?? []).find((each: PersonSpec) => (each.owners ?? { hs: each.id })[connection] === owner);
  return person?.id ?? `${connection}:${owner}`;
}

function groupOf(world: World, by: string, deal: DealSpec, stage: string | null, person: string | null, day: string): string {
  const spec = (world.people ?? []).find((each) => each.id === person);
  const spell = <T extends { readonly from: string; readonly to?: string }>(all: readonly T[] | undefined): T | undefined => {
    const first = all?.[0];
    if (first !== undefined && day < first.from) return first;
    return all?.findLast((each) => each.from <= day && (each.to === undefined || day < each.to));
  };
  switch (by) {
    case "rep":
      return person ?? "(none)";
    case "manager":
      return spell(spec?.managers)?.id ?? "(none)";
    case "team":
      return spell(spec?.teams)?.name ?? "(none)";
    case "stage":
      return stage === null ? "(none)" : `${deal.connection ?? "hs"}:${stage}`;
    case "source":
      return deal.source ?? "(none)";
    default:
      return "all";
  }
}

interface Row {
  readonly group: string;
  readonly snap: Snapshot;
  readonly amount: number | null | "no_rate";
  readonly days: number | null;
}

function closedRows(world: World, ask: NaiveQuestion): readonly Row[] {
  return (world.deals ?? []).flatMap((deal) => {
    const snap = snapshot(deal, ask.asOf, ask.now);
    if (snap === null || snap.outcome === "open") return [];
    const day = snap.closeDay ?? (snap.closedAt === null ? null : dayOf(snap.closedAt));
    if (day === null || day < ask.start || day >= ask.end) return [];
    const at = snap.closedAt ?? `${day}T23:59:59.999Z`;
    const person = personFor(world, deal.connection ?? "hs", recorded(deal, "owner", at, deal.owner === undefined ? "ana" : deal.owner));
    const minor = amountAt(deal, ask.asOf, ask.now);
    const closing = snap.closedAt === null ? snap.closeDay : dayOf(snap.closedAt);
    const created = deal.created === undefined ? "2026-01-05" : deal.created;
    const days = created === null || closing === null ? null : daysFrom(dayOf(moment(created)), closing);
    return [
      { group: groupOf(world, ask.by, deal, snap.stage, person, closing ?? day), snap, amount: amountIn(deal, minor, day, world), days },
    ];
  });
}

function amountAt(deal: DealSpec, asOf: string, now: string): number | null {
  const today = deal.amount === undefined ? 10_000 : deal.amount;
  if (asOf >= now || !(deal.changes ?? []).some(([, field]) => field === "amount")) return today;
  const text = recorded(deal, "amount", asOf, null);
  if (text === null) return null;
  return Math.round(Number(text) * (deal.currency === "JPY" ? 1 : 100));
}

function openRows(world: World, ask: NaiveQuestion): readonly Row[] {
  return (world.deals ?? []).flatMap((deal) => {
    const snap = snapshot(deal, ask.asOf, ask.now);
    if (snap === null || snap.outcome !== "open") return [];
    const owner = recorded(deal, "owner", ask.asOf, deal.owner === undefined ? "ana" : deal.owner);
    const person = personFor(world, deal.connection ?? "hs", owner);
    const amount = amountIn(deal, amountAt(deal, ask.asOf, ask.now), dayOf(ask.asOf), world);
    return [{ group: groupOf(world, ask.by, deal, snap.stage, person, dayOf(ask.asOf)), snap, amount, days: null }];
  });
}

function stayRows(world: World, ask: NaiveQuestion): readonly Row[] {
  return (world.deals ?? []).flatMap((deal) => {
    const snap = snapshot(deal, ask.asOf, ask.now);
    if (snap === null) return [];
    return snap.runs.flatMap((run) => {
      if (run.to === null || outcomeOf(run.stage) !== "open") return [];
      const day = dayOf(run.to);
      if (day < ask.start || day >= ask.end) return [];
      const person = personFor(
        world,
        deal.connection ?? "hs",
        recorded(deal, "owner", run.to, deal.owner === undefined ? "ana" : deal.owner),
      );
      return [{ group: groupOf(world, ask.by, deal, run.stage, person, day), snap, amount: null, days: daysFrom(dayOf(run.from), day) }];
    });
  });
}

const NO_DATA: NaiveValue = { value: null, n: 0 };

function mean(values: readonly number[]): NaiveValue {
  return values.length === 0 ? NO_DATA : { value: values.reduce((a, b) => a + b, 0) / values.length, n: values.length };
}

function percentile(values: readonly number[], level: number): NaiveValue {
  if (values.length === 0) return NO_DATA;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * level;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? 0;
  return { value: low + (high - low) * (at - Math.floor(at)), n: values.length };
}

function sum(rows: readonly Row[]): NaiveValue {
  if (rows.some((row) => row.amount === "no_rate")) return { value: null, n: rows.length };
  return { value: rows.reduce((total, row) => total + (row.amount === "no_rate" ? 0 : (row.amount ?? 0)), 0), n: rows.length };
}

function finish(metric: string, rows: readonly Row[]): NaiveValue {
  const won = rows.filter((row) => row.snap.outcome === "won");
  const lost = rows.filter((row) => row.snap.outcome === "lost");
  const cycles = won.filter((row) => !row.snap.bornClosed && row.days !== null && row.days >= 0).map((row) => row.days ?? 0);
  const stays = rows.flatMap((row) => (row.days === null ? [] : [row.days]));
  const sized = won.filter((row) => row.amount !== null && row.snap.deal.amount !== 0);
  switch (metric) {
    case "won_deals":
      return { value: won.length, n: won.length };
    case "lost_deals":
      return { value: lost.length, n: lost.length };
    case "won_amount":
      return sum(won);
    case "win_rate":
      return won.length + lost.length === 0 ? NO_DATA : { value: won.length / (won.length + lost.length), n: won.length + lost.length };
    case "avg_deal_size": {
      const known = sized.flatMap((row) => (typeof row.amount === "number" ? [row.amount] : []));
      return known.length < sized.length ? { value: null, n: known.length } : mean(known);
    }
    case "sales_cycle_days":
      return mean(cycles);
    case "sales_cycle_days_median":
      return percentile(cycles, 0.5);
    case "sales_cycle_days_p90":
      return percentile(cycles, 0.9);
    case "open_deals":
      return { value: rows.length, n: rows.length };
    case "open_amount":
      return sum(rows);
    case "avg_days_in_stage":
      return mean(stays);
    case "avg_days_in_stage_median":
      return percentile(stays, 0.5);
    case "avg_days_in_stage_p90":
      return percentile(stays, 0.9);
    default:
      throw new Error(`no naive ${metric}`);
  }
}

export const NAIVE_METRICS = [
  ...["won_deals", "lost_deals", "won_amount", "win_rate", "avg_deal_size", "sales_cycle_days", "sales_cycle_days_median"],
  ...["sales_cycle_days_p90", "open_deals", "open_amount", "avg_days_in_stage", "avg_days_in_stage_median", "avg_days_in_stage_p90"],
] as const;

/** Values by group, money in minor units. Groups without a single row are not among them. */
export function naive(world: World, ask: NaiveQuestion): ReadonlyMap<string, NaiveValue> {
  const rows = ask.metric.startsWith("open_")
    ? openRows(world, ask)
    : ask.metric.startsWith("avg_days")
      ? stayRows(world, ask)
      : closedRows(world, ask);
  return new Map([...Map.groupBy(rows, (row) => row.group)].map(([group, own]) => [group, finish(ask.metric, own)]));
}
