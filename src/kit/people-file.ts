import { LANGUAGES, type Language } from "#core/organization.ts";
import { type Day, parseDay } from "#core/time/day.ts";
import { isZone } from "#core/time/zone.ts";
import { type LineProblem, readCsvTable, type TableLine } from "./csv-table.ts";

/** Columns of people.csv, in the contract's order. */
const COLUMNS = [
  "email",
  "name",
  "manager_email",
  "team",
  "role",
  "segment",
  "territory",
  "start_date",
  "end_date",
  "language",
  "time_zone",
  "source_ids",
] as const;
type Column = (typeof COLUMNS)[number];

/** What people.csv says of one person; it wins over the CRMs. */
export interface PersonLine {
  readonly email: string;
  readonly name: string | null;
  readonly managerEmail: string | null;
  readonly team: string | null;
  readonly role: string | null;
  readonly segment: string | null;
  readonly territory: string | null;
  readonly startedOn: Day | null;
  readonly endedOn: Day | null;
  readonly language: Language | null;
  readonly timeZone: string | null;
  /** The person's users in the connections. */
  readonly sourceIds: readonly { readonly connectionId: string; readonly id: string }[];
}

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Reads people.csv; e-mails in lower case, days as yyyy-MM-dd, `source_ids` as `hs:123;sf:005…`. */
export function readPeopleFile(path: string): Promise<{ readonly rows: readonly PersonLine[]; readonly problems: readonly LineProblem[] }> {
  const seen = new Set<string>();
  return readCsvTable(path, { required: ["email"], optional: COLUMNS.filter((name) => name !== "email") }, (line) => {
    const problem = wrongWith(line);
    if (problem !== null) return { problem };
    const person = personOf(line);
    if (seen.has(person.email)) return { problem: `${person.email} has a line already` };
    seen.add(person.email);
    return { row: person };
  });
}

function personOf({ cell }: TableLine<Column>): PersonLine {
  const day = (column: Column): Day | null => parseDay(cell(column) ?? "");
  return {
    email: cell("email")?.toLowerCase() ?? "",
    name: cell("name"),
    managerEmail: cell("manager_email")?.toLowerCase() ?? null,
    team: cell("team"),
    role: cell("role"),
    segment: cell("segment"),
    territory: cell("territory"),
    startedOn: day("start_date"),
    endedOn: day("end_date"),
    language: LANGUAGES.find((one) => one === cell("language")?.toLowerCase()) ?? null,
    timeZone: cell("time_zone"),
    sourceIds: sourceIds(cell("source_ids") ?? ""),
  };
}

function sourceIds(text: string): PersonLine["sourceIds"] {
  return parts(text).map((part) => ({
    connectionId: part.slice(0, part.indexOf(":")).trim(),
    id: part.slice(part.indexOf(":") + 1).trim(),
  }));
}

const parts = (text: string): readonly string[] =>
  text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");

type Rule = readonly [column: Column, isGood: (text: string) => boolean, expected: string];

const RULES: readonly Rule[] = [
  ["email", (text) => EMAIL.test(text), "an e-mail address"],
  ["manager_email", (text) => EMAIL.test(text), "an e-mail address"],
  ["start_date", (text) => parseDay(text) !== null, "a day such as 2026-01-31"],
  ["end_date", (text) => parseDay(text) !== null, "a day such as 2026-01-31"],
  ["language", (text) => LANGUAGES.some((one) => one === text.toLowerCase()), LANGUAGES.join(", ")],
  ["time_zone", isZone, "a zone such as Europe/Warsaw"],
  ["source_ids", (text) => parts(text).every((part) => /^[^:]+:.+$/.test(part)), "connection:id pairs such as hs:123;sf:005…"],
];

function wrongWith({ cell }: TableLine<Column>): string | null {
  if (cell("email") === null) return "email is empty";
  for (const [column, isGood, expected] of RULES) {
    const text = cell(column);
    if (text !== null && !isGood(text)) return `${column} is '${text.slice(0, 60)}', expected ${expected}`;
  }
  return null;
}
