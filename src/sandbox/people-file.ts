import type { Company } from "./world/types.ts";

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

/** The company's `people.csv`: who works for whom, which HubSpot does not know, and in which language and zone. Queues are left out. */
export function peopleCsv(company: Company): string {
  const mails = new Map(company.people.map((person) => [person.key, person.email]));
  const teams = new Map(company.teams.map((team) => [team.key, team]));
  const rows = company.people
    .filter((person) => person.email !== null)
    .map((person) => {
      const team = person.teamKey === null ? undefined : teams.get(person.teamKey);
      return [
        person.email ?? "",
        `${person.firstName} ${person.lastName}`,
        mails.get(person.managerKey ?? "") ?? "",
        team?.name ?? "",
        person.kind === "rep" ? "ae" : person.kind,
        "",
        team?.region ?? "",
        person.startedAt.slice(0, 10),
        person.leftAt?.slice(0, 10) ?? "",
        person.language,
        person.timeZone,
        "",
      ];
    });
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
