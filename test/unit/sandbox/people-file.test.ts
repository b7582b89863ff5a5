import { expect, test } from "vitest";
import type { Instant } from "#core/time/instant.ts";
import { peopleCsv } from "#sandbox/people-file.ts";
import { makeWorld } from "#sandbox/world.ts";

test("people.csv names each person with a mail once, with a manager who is in it too", () => {
  const { company } = makeWorld({ anchor: "2026-06-30T12:00:00.000Z" as Instant });
  const [header, ...rows] = peopleCsv(company).trimEnd().split("\n");
  expect(header).toBe("email,name,manager_email,team,role,segment,territory,start_date,end_date,language,time_zone,source_ids");
  expect(rows).toHaveLength(company.people.filter((person) => person.email !== null).length);
  expect(rows).toContain(
    'emile.lefevre@brightwater.example,"Émile ""Milo"" Lefèvre",samuel.okafor@brightwater.example,Europe South & Iberia,ae,,EMEA,2024-01-12,,en,Europe/Madrid,',
  );
  const mails = new Set(rows.map((row) => row.split(",")[0]));
  const managers = rows.flatMap((row) => /@brightwater\.example,.*?,(\S+?@brightwater\.example)/.exec(row)?.[1] ?? []);
  expect(managers.length).toBeGreaterThan(12);
  expect(managers.every((mail) => mails.has(mail))).toBe(true);
});
