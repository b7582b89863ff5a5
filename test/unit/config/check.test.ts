import { expect, test } from "vitest";
import { z } from "zod";
import { type Checked, checkText } from "#config/check.ts";
import { describeConfig } from "#config/describe.ts";
import { organizationOf } from "#config/organization.ts";
import { isAppError } from "#core/errors.ts";
import { Secret } from "#core/secret.ts";
import type { Day } from "#core/time/day.ts";

const types = {
  crm: z.strictObject({
    auth: z.strictObject({ token: z.string().min(1) }),
    rate: z.int().default(5),
    fields: z.strictObject({ amount: z.string().default("amount") }).prefault({}),
  }),
  file: z.strictObject({ path: z.string() }),
};

const ORGANIZATION = "organization: {name: Acme, timeZone: Europe/Warsaw, currency: EUR}";
const PEOPLE = "people: {level: team}";
const BASE = `${ORGANIZATION}\n${PEOPLE}`;

function check(text: string, env: Record<string, string> = {}, envFile: Record<string, string> = {}): Checked {
  const lookup = { env, envFile: new Map(Object.entries(envFile)), readFile: () => null };
  return checkText({ file: "a.yaml", text, lookup, types });
}

function mistakes(text: string, env: Record<string, string> = {}): string {
  try {
    check(text, env);
  } catch (error) {
    if (isAppError(error) && error.code === "config.invalid") return error.message;
    throw error;
  }
  return "none";
}

test("the smallest configuration has every default", () => {
  const { config } = check(BASE);
  expect(config.warehouse).toBe("sqlite:data/scorekeeper.db");
  expect(config.schedule.digest).toEqual({ at: "08:00", days: "mon-fri" });
  expect(config.privacy.keepPersonResultsMonths).toBe(24);
  expect(config.writeback.refreshDays).toBe(7);
});

test.each([
  ["a key that is none, with the nearest", `${BASE}\nweb:\n  prot: 1`, "a.yaml:4:3 web.prot: unknown key; did you mean 'port'?"],
  ["a section that is none", `${BASE}\nalert: {}`, "a.yaml:3:1 alert: unknown key; did you mean 'alerts'?"],
  ["people without a level", `${ORGANIZATION}\npeople: {}`, "a.yaml:2:9 people.level: is missing; expected one of: individual, team"],
  ["no people at all", ORGANIZATION, "a.yaml:1:1 people: is missing; expected keys and values"],
  ["individual without a basis", `${ORGANIZATION}\npeople: {level: individual}`, "people.basis: is needed with level: individual"],
  [
    "a level that is none",
    `${ORGANIZATION}\npeople: {level: teem}`,
    "a.yaml:2:17 people.level: expected one of: individual, team, got 'teem'; did you mean 'team'?",
  ],
  [
    "a zone that is none",
    `organization: {name: A, timeZone: Mars/Base, currency: EUR}\n${PEOPLE}`,
    "organization.timeZone: expected a time zone such as Europe/Warsaw, got 'Mars/Base'",
  ],
  [
    "a currency that is none",
    `organization: {name: A, timeZone: UTC, currency: EURO}\n${PEOPLE}`,
    "organization.currency: expected an ISO 4217 currency such as EUR, got 'EURO'",
  ],
  [
    "a month that is none",
    `organization: {name: A, timeZone: UTC, currency: EUR, fiscalYearStartMonth: 0}\n${PEOPLE}`,
    "fiscalYearStartMonth: expected at least 1, got '0'",
  ],
  ["a text for a number", `${BASE}\nweb: {port: eighty}`, "a.yaml:3:13 web.port: expected a number, got 'eighty'"],
  [
    "working days that are none",
    `${BASE}\ncalendar: {workingDays: mon-fry}`,
    "calendar.workingDays: expected working days such as mon-fri",
  ],
  [
    "hours that are none",
    `${BASE}\ncalendar: {businessHours: "9-17"}`,
    "calendar.businessHours: expected hours such as \"09:00-17:00\", got '9-17'",
  ],
  ["a cron line that is none", `${BASE}\nschedule: {cycle: hourly}`, "schedule.cycle: expected five cron fields"],
  [
    "a CRM nobody knows",
    `${BASE}\nconnections:\n  - {id: a, type: crn}`,
    "a.yaml:4:19 connections[0].type: no CRM 'crn'; did you mean 'crm'?",
  ],
  [
    "a connector's own key",
    `${BASE}\nconnections:\n  - {id: a, type: crm, auth: {token: "\${T}"}, rte: 1}`,
    "connections[0].rte: unknown key; did you mean 'rate'?",
  ],
  [
    "an id given twice",
    `${BASE}\nconnections:\n  - {id: a, type: file, path: x}\n  - {id: a, type: file, path: y}`,
    "a.yaml:5:10 connections[1].id: the id 'a' is taken",
  ],
  [
    "a stage of no connection",
    `${BASE}\nconnections: [{id: hs, type: file, path: x}]\nstages: {"hss:dup": lost}`,
    "stages.hss:dup: no connection 'hss'; did you mean 'hs'?",
  ],
  [
    "an outcome that is none",
    `${BASE}\nconnections: [{id: hs, type: file, path: x}]\nstages: {"hs:dup": lots}`,
    "expected one of: open, won, lost, disqualified, got 'lots'; did you mean 'lost'?",
  ],
  ["a stage without a connection", `${BASE}\nstages: {dup: lost}`, "stages.dup: expected connection:id"],
  [
    "fields for a file",
    `${BASE}\nconnections: [{id: f, type: file, path: x}]\nfields: {f: {amount: b}}`,
    "fields.f: a connection of type file takes no fields here",
  ],
  [
    "a field name that is none",
    `${BASE}\nconnections: [{id: a, type: crm, auth: {token: "\${T}"}}]\nfields: {a: {amont: b}}`,
    "a.yaml:4:14 fields.a.amont: unknown key; did you mean 'amount'?",
  ],
  ["a key twice", `${BASE}\n${PEOPLE}`, "a.yaml:3:1 this key stands here a second time"],
  ["no YAML", `${BASE}\nweb: [1`, "not YAML"],
  [
    "a variable that is not set",
    `${BASE}\nweb: {host: "\${HOST_NAME}"}`,
    "a.yaml:3:13 web.host: the environment variable HOST_NAME is not set",
  ],
  [
    "a secret in the file",
    `${BASE}\nalerts: {smtp: {host: h, password: hunter2hunter2}}`,
    "a.yaml:3:36 alerts.smtp.password: a secret must not stand in this file",
  ],
])("%s is one line with its place", (_what, text, expected) => {
  const told = mistakes(text, { T: "t0ken-t0ken" });
  expect(told).toContain(expected);
  expect(told.split("\n")).toHaveLength(1);
});

test("all mistakes are told at once, in the order of the file", () => {
  const told = mistakes(`${BASE}\nweb: {prot: 1}\nmetrics: {enbled: []}\nprivacy: {storeSubjects: maybe}`);
  expect(told.split("\n").map((line) => line.split(" ")[0])).toEqual(["a.yaml:3:7", "a.yaml:4:11", "a.yaml:5:26"]);
});

test("a secret is in no message, whatever is wrong with it", () => {
  const text = `${BASE}\nconnections: [{id: a, type: crm, auth: {token: "\${T}", kind: x}, rate: "\${T}"}]`;
  expect(mistakes(text, { T: "canary-1234" })).not.toContain("canary");
  expect(mistakes(`${BASE}\nalerts: {smtp: {host: h, password: canary-1234}}`)).not.toContain("canary");
});

test("a reference is read as a number where one is expected, and stays a text where a text is", () => {
  const { config } = check(`${BASE}\nweb: {port: "\${PORT}", host: "\${HOST}"}`, { PORT: "99", HOST: "127" });
  expect(config.web).toMatchObject({ port: 99, host: "127" });
});

test("secrets are masks to everything that prints, and the redactor is told them", () => {
  const { config, secrets } = check(`${BASE}\nalerts: {smtp: {host: h, password: "\${PW}"}}`, {}, { PW: "hunter2hunter2" });
  const password = config.alerts.smtp?.password;
  expect(password).toBeInstanceOf(Secret);
  expect(`${password} ${JSON.stringify(config)}`).not.toContain("hunter2");
  expect(password?.reveal()).toBe("hunter2hunter2");
  expect(secrets).toContain("hunter2hunter2");
});

test("each connection gets its part of `fields` as a setting", () => {
  const { config } = check(`${BASE}\nconnections: [{id: a, type: crm, auth: {token: "\${T}"}}]\nfields: {a: {amount: arr}}`, { T: "t" });
  expect(config.connections[0]?.settings).toMatchObject({ fields: { amount: "arr" } });
});

test("print tells where each value came from and masks secrets", () => {
  const text = `${BASE}\nconnections: [{id: a, type: crm, auth: {token: "\${T}"}}]\nwarehouse: "postgres://me:canary-1@host/db"`;
  const checked = check(text, {}, { T: "canary-22" });
  const values = describeConfig({ ...checked, file: "a.yaml", warnings: [] });
  const of = (key: string) => values.find((value) => value.key === key);
  expect(of("connections[0].auth.token")).toEqual({ key: "connections[0].auth.token", value: "***", source: ".env T" });
  expect(of("organization.name")?.source).toBe("a.yaml:1");
  expect(of("organization.language")?.source).toBe("default");
  expect(JSON.stringify(values)).not.toContain("canary");
});

test("the organisation knows its holidays, working days and hours", async () => {
  const { config } = check(`${BASE}\ncalendar: {holidays: PL, workingDays: sun-thu, businessHours: "08:30-16:00"}`);
  const { calendar } = await organizationOf(config, 2026);
  expect([...calendar.workingDays].sort()).toEqual([1, 2, 3, 4, 7]);
  expect([calendar.opensAt, calendar.closesAt]).toEqual([510, 960]);
  expect(calendar.holidays.has("2026-05-03" as Day)).toBe(true);
  expect(calendar.holidays.has("2026-05-04" as Day)).toBe(false);
});

test("a country that is none names the nearest", async () => {
  const { config } = check(`${BASE}\ncalendar: {holidays: US-cz}`);
  await expect(organizationOf(config, 2026)).rejects.toMatchObject({
    code: "config.holidays",
    message: expect.stringContaining("did you mean 'US-"),
  });
});
