import { z } from "zod";
import { path, recordName, text } from "./scalars.ts";

/** What a stage can be told to count as (R9). */
export const OUTCOME_NAMES = ["open", "won", "lost", "disqualified"] as const;

const propertyTest = z.strictObject({
  property: text().describe("Name of a property of the CRM"),
  in: z.array(text()).min(1).describe("Values that match"),
});

export const scopeSection = z
  .strictObject({
    pipelines: z
      .strictObject({
        include: z.array(recordName()).optional().describe("Only these, as connection:id"),
        exclude: z.array(recordName()).default([]).describe("All but these, as connection:id"),
      })
      .prefault({}),
    deals: z
      .record(text(), z.strictObject({ exclude: z.array(propertyTest).default([]) }))
      .default({})
      .describe("Per connection: deals that don't count"),
  })
  .describe("What belongs to sales at all");

export const processSection = z
  .strictObject({
    stages: z
      .record(recordName(), z.strictObject({ means: text().optional(), exit: text().optional() }))
      .default({})
      .describe("What each stage means and what ends it, shown beside figures and stuck deals"),
  })
  .describe("The sales process in words");

export const stagesSection = z
  .record(recordName(), z.enum(OUTCOME_NAMES))
  .describe("Outcome of a stage where the CRM's own verdict is not what you mean, as connection:stage");

export const fieldsSection = z
  .record(
    text(),
    z
      .object({ dimensions: z.record(text(), text()).default({}).describe("Dimension → property, for --by and --where") })
      .catchall(text().describe("Property of the CRM to read this from")),
  )
  .describe("Per connection: which property feeds which value");

export const outcomesSection = z
  .record(text(), z.array(text()))
  .describe("Call outcomes (ids or labels of the CRM) that count, such as connected: [...]");

export const rolesSection = z
  .record(text(), z.strictObject({ ramp: z.array(z.number().min(0).max(1)).default([]).describe("Share of the quota, month by month") }))
  .describe("Roles by name");

export const matchingSection = z
  .strictObject({
    people: z.enum(["email", "none"]).default("email").describe("How users of several CRMs become one person"),
    deals: z
      .object({ primary: text().optional().describe("Connection whose amount and stage count") })
      .catchall(text())
      .default({})
      .describe("Per connection: property that holds the other system's deal id"),
  })
  .describe("The same person or deal in several CRMs");

export const targetsSection = z.strictObject({ file: path().optional() }).describe("Quotas beside those read from the CRMs");
export const costsSection = z.strictObject({ file: path().optional() }).describe("Costs of people and campaigns");
