import type { Person, Side } from "./types.ts";

/** How a rep sells; 1 is ordinary. These differences are the story the numbers tell. */
export interface Habits {
  /** Share of new deals. */
  readonly load: number;
  /** Multiplies the chance to get through the early and the late stages. */
  readonly opening: number;
  readonly closing: number;
  /** Multiplies the length of stays. */
  readonly pace: number;
  /** Chance that a stay becomes stuck. */
  readonly stuck: number;
  /** Multiplies the number of activities. */
  readonly effort: number;
  /** Multiplies amounts. */
  readonly size: number;
  /** Moves an overdue close date instead of leaving it behind. */
  readonly tidies: number;
  readonly quotaShare: number;
}

export interface PersonHabit extends Omit<Person, "email" | "startedAt" | "leftAt"> {
  readonly mailbox: string | null;
  readonly startedDaysAgo: number;
  readonly leftDaysAgo: number | null;
  readonly habits: Habits;
}

const ORDINARY: Habits = { load: 1, opening: 1, closing: 1, pace: 1, stuck: 0.045, effort: 1, size: 1, tidies: 0.8, quotaShare: 1 };
const BOTH: readonly Side[] = ["one", "two"];
const ONE: readonly Side[] = ["one"];
const TWO: readonly Side[] = ["two"];

type Name = readonly [first: string, last: string, mailbox: string | null];
type Place = Pick<PersonHabit, "teamKey" | "managerKey" | "sides" | "language" | "timeZone">;

const NORTH: Omit<Place, "sides"> = { teamKey: "north", managerKey: "manager-north", language: "en", timeZone: "Europe/Copenhagen" };
const SOUTH: Omit<Place, "sides"> = { teamKey: "south", managerKey: "manager-south", language: "en", timeZone: "Europe/Madrid" };
const PACIFIC: Omit<Place, "sides"> = { teamKey: "pacific", managerKey: "manager-pacific", language: "ja", timeZone: "Asia/Tokyo" };

const person = (
  kind: PersonHabit["kind"],
  key: string,
  [firstName, lastName, mailbox]: Name,
  place: Place,
  habits: Partial<Habits> = {},
  dates: { readonly startedDaysAgo?: number; readonly leftDaysAgo?: number } = {},
): PersonHabit => ({
  key,
  kind,
  firstName,
  lastName,
  mailbox,
  title: { rep: "Account executive", manager: "Sales manager", head: "Chief revenue officer", queue: "Queue" }[kind],
  ...place,
  startedDaysAgo: dates.startedDaysAgo ?? 900,
  leftDaysAgo: dates.leftDaysAgo ?? null,
  habits: { ...ORDINARY, ...habits },
});

/** Twelve reps in three teams, their managers, two who left, and a queue. */
export const PEOPLE: readonly PersonHabit[] = [
  person("head", "head", ["Olivia", "Hart", "olivia.hart"], { ...NORTH, teamKey: "sales", managerKey: null, sides: BOTH }),
  person("manager", "manager-north", ["Marta", "Kowalska", "marta.kowalska"], {
    ...NORTH,
    managerKey: "head",
    sides: BOTH,
    language: "pl",
    timeZone: "Europe/Warsaw",
  }),
  person("manager", "manager-south", ["Samuel", "Okafor", "samuel.okafor"], { ...SOUTH, managerKey: "head", sides: ONE }),
  person("manager", "manager-pacific", ["健一", "山本", "kenichi.yamamoto"], { ...PACIFIC, managerKey: "head", sides: BOTH }),
  // Opens many, closes all of them well.
  person(
    "rep",
    "rep-ana",
    ["Ana", "Sørensen", "ana.sorensen"],
    { ...NORTH, sides: BOTH },
    { opening: 1.08, closing: 1.15, quotaShare: 1.2 },
  ),
  // A strong opener who does not close.
  person(
    "rep",
    "rep-bart",
    ["Bartłomiej", "Zieliński", "bartlomiej.zielinski"],
    { ...NORTH, sides: ONE, language: "pl" },
    { load: 1.3, opening: 1.15, closing: 0.66, effort: 1.3 },
  ),
  person("rep", "rep-henrik", ["Henrik", "Müller", "henrik.mueller"], { ...NORTH, sides: ONE }),
  // Far too many deals at once.
  person(
    "rep",
    "rep-dmitri",
    ["Dmitri", "O'Brien", "dmitri.obrien"],
    { ...NORTH, sides: BOTH },
    { load: 2.2, pace: 1.5, stuck: 0.09, effort: 0.7, closing: 0.92, quotaShare: 1.5 },
  ),
  person("rep", "rep-chloe", ["Chloé", "Dubois", "chloe.dubois"], { ...SOUTH, sides: ONE }),
  // Lets deals lie and does not tidy close dates.
  person(
    "rep",
    "rep-milo",
    ['Émile "Milo"', "Lefèvre", "emile.lefevre"],
    { ...SOUTH, sides: ONE },
    { pace: 1.25, stuck: 0.16, tidies: 0.2, effort: 0.6 },
  ),
  person("rep", "rep-isabella", ["Isabella", "D'Àngelo-Rossi", "isabella.rossi"], { ...SOUTH, sides: BOTH }, { size: 1.35, pace: 1.1 }),
  person("rep", "rep-fatima", ["Fatima", "al-Rashid", "fatima.alrashid"], { ...SOUTH, sides: ONE }, { closing: 1.1, effort: 1.2 }),
  // Few openings, closes most of them.
  person("rep", "rep-misaki", ["美咲", "田中", "misaki.tanaka"], { ...PACIFIC, sides: TWO }, { load: 0.8, opening: 0.86, closing: 1.2 }),
  person("rep", "rep-seoyeon", ["서연", "김", "seoyeon.kim"], { ...PACIFIC, sides: TWO, language: "ko", timeZone: "Asia/Seoul" }),
  // New, on a ramp.
  person(
    "rep",
    "rep-grace",
    ["Grace", "Nguyễn", "grace.nguyen"],
    { ...PACIFIC, sides: TWO, language: "en" },
    { load: 0.7, opening: 0.9, closing: 0.85, quotaShare: 0.6 },
    { startedDaysAgo: 130 },
  ),
  person("rep", "rep-liam", ["Liam 🏄", "Walker", "liam.walker"], { ...PACIFIC, sides: TWO, language: "en" }, { size: 0.8, pace: 0.85 }),
  person("rep", "rep-joao", ["João", "Conceição", "joao.conceicao"], { ...SOUTH, sides: BOTH }, {}, { leftDaysAgo: 60 }),
  person("rep", "rep-karl", ["Karl", "Weiß", "karl.weiss"], { ...NORTH, sides: BOTH }, { closing: 0.8 }, { leftDaysAgo: 240 }),
  person("queue", "queue-inbound", ["Inbound", "queue", null], { ...NORTH, teamKey: null, managerKey: null, sides: BOTH }, { load: 0.12 }),
];
