import { z } from "zod";
import { LANGUAGES } from "#core/organization.ts";
import { clockHours, currency, day, path, text, timeZone, WEEKDAYS, weekdays } from "./scalars.ts";

export const organizationSection = z
  .strictObject({
    name: text().describe("Shown in mails and pages"),
    timeZone: timeZone().describe("Days, weeks and months begin and end here"),
    currency: currency().describe("Results are in this currency; a deal without one counts as being in it"),
    fiscalYearStartMonth: z.int().min(1).max(12).default(1).describe("1 January … 12 December"),
    weekStartsOn: z.enum(WEEKDAYS).default("monday"),
    language: z.enum(LANGUAGES).default("en").describe("Language of texts where a person has none of their own"),
    exchangeRates: path().optional().describe("CSV with currency,date,rate: units of the organisation's currency for one unit"),
  })
  .describe("What every number rests on");

export const calendarSection = z
  .strictObject({
    holidays: z
      .union([text(), z.array(day())])
      .optional()
      .describe("Country code such as PL or US-ca, or a list of days"),
    workingDays: weekdays().default("mon-fri").describe("Days people work"),
    businessHours: clockHours().default("09:00-17:00").describe("Hours people work, in the organisation's zone"),
  })
  .describe("Working time of the organisation");

export const peopleSection = z
  .strictObject({
    level: z
      .enum(["individual", "team"])
      .describe("individual: results of single persons, on the recorded basis; team: only groups of five or more. There is no default"),
    basis: text().optional().describe("The agreement or notice on which results of single persons rest; needed with level: individual"),
    file: path().optional().describe("people.csv: managers, teams, roles, languages; wins over what the CRMs say"),
    namedLeaderboard: z.boolean().default(false).describe("Show names in leaderboards sent to more than one person"),
  })
  .refine((people) => people.level === "team" || people.basis !== undefined, {
    path: ["basis"],
    message: "is needed with level: individual: name the agreement or notice that allows results of single persons",
  })
  .describe("Whose results may be computed and shown");
