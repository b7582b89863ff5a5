import { z } from "zod";

/** HubSpot API versions the paths table knows, oldest first. */
export const API_VERSIONS = ["v3", "2026-03", "2026-09"] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

const auth = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("token"),
    token: z.string().trim().min(1).describe("Service key, private-app token or static token of a project app."),
  }),
  z.strictObject({
    kind: z.literal("oauth"),
    clientId: z.string().trim().min(1).describe("Client id of the OAuth app."),
    clientSecret: z.string().trim().min(1).describe("Client secret of the OAuth app."),
    refreshToken: z.string().trim().min(1).describe("Refresh token of this portal's installation."),
  }),
]);

const budget = z.strictObject({
  dailyShare: z.number().gt(0).max(1).default(0.5).describe("Share of the portal's daily calls this connection may use."),
  requestsPer10s: z
    .number()
    .int()
    .positive()
    .default(190)
    .describe("Requests per ten seconds: 100 Free and Starter, 190, 250 with the add-on."),
  searchPerSecond: z
    .number()
    .int()
    .positive()
    .default(5)
    .describe("Search requests per second; the portal allows 5 to all its apps together."),
  associationsPer10s: z
    .number()
    .int()
    .positive()
    .default(150)
    .describe("Association requests per ten seconds: 100, 150, 200 with the add-on."),
});

const property = z.string().trim().min(1).max(200);
/** `fields:` of the configuration for a HubSpot connection. */
export const fieldNames = z.strictObject({
  amount: property.default("amount").describe("Deal property that holds the amount."),
  segment: property.optional().describe("Deal property that holds the customer segment."),
  territory: property.optional().describe("Deal property that holds the territory."),
  product: property.optional().describe("Deal property that names the product or series."),
  source: property.default("hs_analytics_source").describe("Deal property that holds the source."),
  nextStep: property.default("hs_next_step").describe("Deal property that holds the next step."),
  lossReason: property.default("closed_lost_reason").describe("Deal property that holds the reason of a loss."),
  dimensions: z.record(z.string().min(1), property).default({}).describe("Dimension name → deal property."),
});

const reads = z.strictObject({
  walkers: z.number().int().min(1).max(16).default(4).describe("Parts of an object's list read side by side; 1 reads it from end to end."),
  deadlineSeconds: z.number().positive().max(300).default(60).describe("Longest wait for one answer."),
  overlapMinutes: z.number().min(0).max(1440).default(10).describe("How far each window reaches back behind the last one."),
  settleSeconds: z.number().min(0).max(3600).default(60).describe("How long after a change search may still miss it."),
  archivedEveryHours: z.number().min(0).default(6).describe("How often deleted records are looked for."),
  sweepEveryHours: z.number().min(0).default(168).describe("How often every record is listed again, to find what search missed."),
});

/** Settings of a HubSpot connection, without `id` and `type`. */
export const settings = z.strictObject({
  auth,
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default("https://api.hubapi.com")
    .describe("Only to point elsewhere: a sandbox or a proxy."),
  apiVersion: z.enum(API_VERSIONS).default("2026-03").describe("2026-09 turns on the portal's own validation of writes."),
  budget: budget.prefault({}),
  reads: reads.prefault({}),
  // Written under the section `fields:`; part of the schema so that a wrong name is told with its line.
  fields: fieldNames.optional().describe("Which deal property feeds which value."),
  portal: z
    .strictObject({
      id: z.string().regex(/^\d+$/),
      uiDomain: z
        .string()
        .regex(/^[a-z0-9.-]+$/i)
        .default("app.hubspot.com"),
    })
    .optional()
    .describe("Portal id and host of HubSpot's pages, for record links before the portal itself was asked."),
});
export type Settings = z.output<typeof settings>;
export type FieldNames = z.output<typeof fieldNames>;
