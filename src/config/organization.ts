import type { Organization } from "#core/organization.ts";
import { holidaysOf } from "./holidays.ts";
import { WEEKDAYS, weekdaysOf } from "./scalars.ts";
import type { Config } from "./schema.ts";

/** The organisation as every calculation sees it. Throws `config.holidays` for a country nobody knows. */
export async function organizationOf(config: Config, year: number): Promise<Organization> {
  const { organization, calendar } = config;
  const [opensAt = 0, closesAt = 0] = calendar.businessHours.split("-").map(minutes);
  return {
    name: organization.name,
    timeZone: organization.timeZone,
    currency: organization.currency,
    language: organization.language,
    periods: {
      fiscalYearStartMonth: organization.fiscalYearStartMonth,
      weekStartsOn: WEEKDAYS.indexOf(organization.weekStartsOn) + 1,
    },
    calendar: {
      holidays: await holidaysOf(calendar.holidays, year),
      workingDays: new Set(weekdaysOf(calendar.workingDays)),
      opensAt,
      closesAt,
    },
  };
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
