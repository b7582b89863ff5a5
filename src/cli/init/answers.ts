import { AppError } from "#core/errors.ts";
import { isCurrency } from "#core/money.ts";
import { nearest } from "#core/nearest.ts";
import { LANGUAGES, type Language } from "#core/organization.ts";
import type { Call } from "../verb.ts";

/** What the team wants; switches on the KPIs that show it. */
export const GOALS = {
  growth: ["won_amount", "won_deals", "avg_deal_size", "quota_attainment", "open_amount", "win_rate"],
  "win-more": ["win_rate", "won_deals", "lost_deals", "avg_deal_size", "sales_cycle_days", "won_amount"],
  speed: ["sales_cycle_days", "avg_days_in_stage", "open_deals", "won_deals", "win_rate"],
  pipeline: ["open_amount", "open_deals", "avg_days_in_stage", "win_rate", "quota_attainment"],
} as const;
export type Goal = keyof typeof GOALS;

export const SOURCES = ["hubspot", "salesforce", "file", "none"] as const;
export type Source = (typeof SOURCES)[number];

export interface Answers {
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly language: Language;
  readonly people: { readonly level: "individual"; readonly basis: string } | { readonly level: "team" };
  readonly goal: Goal;
  readonly source: Source;
  /** CSV exports, relative to the configuration file. */
  readonly deals: string | null;
  readonly users: string | null;
}

const GOAL_NAMES = Object.keys(GOALS) as readonly Goal[];

/** Takes what the options say, asks for the rest; with `--yes` or without a terminal nothing is asked and people.level must be an option. */
export async function answersOf(call: Call, machineZone: string): Promise<Answers> {
  const asking = call.interactive && !call.flag("yes");
  const ask = asker(call, asking);
  const deals = call.text("deals") ?? null;
  const source =
    deals === null ? await ask("source", "Where are your deals: hubspot, salesforce, file or none", "none", choice(SOURCES)) : "file";
  return {
    name: await ask("name", "Name of the organisation", "My organisation", anyText),
    timeZone: await ask("time-zone", "Time zone", machineZone, anyText),
    currency: await ask("currency", "Currency of results (ISO 4217)", "EUR", (text) => (isCurrency(text) ? text : null)),
    language: await ask("language", "Language of mails: en, ja, ko or pl", "en", choice(LANGUAGES)),
    goal: await ask("goal", "What do you want to achieve: growth, win-more, speed or pipeline", "growth", choice(GOAL_NAMES)),
    people: await people(call, ask),
    source,
    deals: source === "file" ? await ask("deals", "Path of the deals export (CSV)", "deals.csv", anyText) : null,
    users: call.text("users") ?? null,
  };
}

type Ask = <T extends string>(option: string, question: string, fallback: T | null, read: (text: string) => T | null) => Promise<T>;

function asker(call: Call, asking: boolean): Ask {
  return async (option, question, fallback, read) => {
    const given = call.text(option);
    if (given !== undefined) return read(given) ?? refuse(option, given);
    if (!asking) return fallback ?? refuse(option, "");
    return repeat(call, `${question}${fallback === null ? "" : ` [${fallback}]`}: `, (answer) => (answer === "" ? fallback : read(answer)));
  };
}

async function repeat<T>(call: Call, question: string, read: (answer: string) => T | null): Promise<T> {
  for (;;) {
    const value = read((await call.services.ask(question)).trim());
    if (value !== null) return value;
    call.output.note("Please answer with one of the values named, or Ctrl-C to stop.");
  }
}

async function people(call: Call, ask: Ask): Promise<Answers["people"]> {
  call.output.note(
    "Results of single persons touch their rights: 'individual' needs an agreement or notice; 'team' shows groups of five or more only.",
  );
  const level = await ask<"individual" | "team">("people", "Results for individual or team", null, choice(["individual", "team"] as const));
  if (level === "team") return { level };
  return { level, basis: await ask("basis", "On which basis (agreement, notice)", null, anyText) };
}

function refuse(option: string, given: string): never {
  const what =
    option === "people" || option === "basis"
      ? "Say whose results may be computed: --people team, or --people individual --basis 'the agreement or notice'."
      : `--${option} can't be '${given}'.`;
  throw new AppError({ code: "usage.arguments", recovery: "configure", message: what });
}

const anyText = (text: string): string | null => (text === "" ? null : text);

function choice<T extends string>(known: readonly T[]): (text: string) => T | null {
  return (text) => known.find((name) => name === text) ?? known.find((name) => name === nearest(text, known)) ?? null;
}
