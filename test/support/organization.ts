import type { Organization } from "#core/organization.ts";
import type { Day } from "#core/time/day.ts";

/** An organisation in Warsaw that counts in euros, on working days from nine to five. */
export function organization(more: Partial<Organization> = {}): Organization {
  return {
    name: "Acme",
    timeZone: "Europe/Warsaw",
    currency: "EUR",
    language: "en",
    periods: { fiscalYearStartMonth: 1, weekStartsOn: 1 },
    calendar: { holidays: new Set<Day>(), workingDays: new Set([1, 2, 3, 4, 5]), opensAt: 540, closesAt: 1020 },
    ...more,
  };
}
