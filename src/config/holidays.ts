import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import { addDays, type Day } from "#core/time/day.ts";

/** Years around now for which a country's holidays are laid out. */
const YEARS_BACK = 10;
const YEARS_AHEAD = 3;
const DAY_MS = 86_400_000;

/** Days off: those listed, or the public holidays of a country (`PL`, `US-ca`). Throws `config.holidays`, naming the nearest code. */
export async function holidaysOf(setting: string | readonly string[] | undefined, year: number): Promise<ReadonlySet<Day>> {
  if (setting === undefined) return new Set();
  if (typeof setting !== "string") return new Set(setting as readonly Day[]);
  // The tables of all countries take 150 ms to load: only for those who ask for one.
  const { default: Holidays } = await import("date-holidays");
  const [country = "", state = "", region = ""] = setting.split("-");
  const known = new Holidays();
  const states = known.getStates(country) ?? {};
  if (known.getCountries()[country.toUpperCase()] === undefined) throw unknown(setting, Object.keys(known.getCountries()));
  if (state !== "" && states[state.toUpperCase()] === undefined) {
    throw unknown(
      setting,
      Object.keys(states).map((name) => `${country.toUpperCase()}-${name.toLowerCase()}`),
    );
  }
  const calendar = new Holidays(country, state, region);
  const years = Array.from({ length: YEARS_BACK + YEARS_AHEAD + 1 }, (_unused, index) => year - YEARS_BACK + index);
  const found = years.flatMap((each) => calendar.getHolidays(each, "en").filter((holiday) => holiday.type === "public"));
  return new Set(found.flatMap((holiday) => daysOf(holiday.date, holiday.end.getTime() - holiday.start.getTime())));
}

function daysOf(date: string, lengthMs: number): readonly Day[] {
  const first = date.slice(0, 10) as Day;
  return Array.from({ length: Math.max(1, Math.round(lengthMs / DAY_MS)) }, (_unused, index) => addDays(first, index));
}

function unknown(setting: string, known: readonly string[]): AppError {
  const meant = nearest(setting.toUpperCase(), known) ?? nearest(setting, known);
  const hint = meant === null ? "expected a country code such as PL or US-ca, or a list of days" : `did you mean '${meant}'?`;
  return new AppError({
    code: "config.holidays",
    recovery: "configure",
    message: `calendar.holidays: '${setting}' is no country; ${hint}`,
  });
}
