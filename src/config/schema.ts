import { z } from "zod";
import {
  alertsSection,
  metricsSection,
  operationsSection,
  privacySection,
  scheduleSection,
  webSection,
  writebackSection,
} from "./act-sections.ts";
import {
  costsSection,
  fieldsSection,
  matchingSection,
  outcomesSection,
  processSection,
  rolesSection,
  scopeSection,
  stagesSection,
  targetsSection,
} from "./data-sections.ts";
import { calendarSection, organizationSection, peopleSection } from "./organization-section.ts";
import { text } from "./scalars.ts";

const CONNECTION_ID = /^[a-z0-9][a-z0-9_-]*$/;

/** A connection before its connector's own schema has checked the rest of its keys. */
export const connectionSchema = z.looseObject({
  id: z
    .string()
    .regex(CONNECTION_ID, "expected small letters, digits, - and _, such as hs")
    .describe("Short name; records are called id:record everywhere. Never change it"),
  type: text().describe("Which CRM"),
});

/** Every key of the configuration file. The one definition: checks, `config schema` and types come from it. */
export const configSchema = z.strictObject({
  $schema: text().optional(),
  organization: organizationSection,
  warehouse: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, "expected sqlite:path or postgres://user@host/database")
    .default("sqlite:data/scorekeeper.db")
    .describe("sqlite:path or postgres://…"),
  connections: z.array(connectionSchema).default([]).describe("CRM accounts and exports to read"),
  people: peopleSection,
  scope: scopeSection.prefault({}),
  process: processSection.prefault({}),
  stages: stagesSection.default({}),
  fields: fieldsSection.default({}),
  outcomes: outcomesSection.default({}),
  calendar: calendarSection.prefault({}),
  roles: rolesSection.default({}),
  matching: matchingSection.prefault({}),
  targets: targetsSection.prefault({}),
  costs: costsSection.prefault({}),
  schedule: scheduleSection.prefault({}),
  metrics: metricsSection.prefault({}),
  writeback: writebackSection.prefault({}),
  alerts: alertsSection.prefault({}),
  web: webSection.prefault({}),
  privacy: privacySection.prefault({}),
  operations: operationsSection.prefault({}),
});

/** One configured CRM account; `settings` went through its connector's own schema. */
export interface ConnectionConfig {
  readonly id: string;
  readonly type: string;
  readonly settings: unknown;
}

/** The configuration, checked and with every default in place. */
export type Config = Readonly<Omit<z.output<typeof configSchema>, "$schema" | "connections">> & {
  readonly connections: readonly ConnectionConfig[];
};
