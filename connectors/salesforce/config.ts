import { z } from "zod";

const secret = z.string().min(1);
const fieldName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, "expected the API name of a field, such as Region__c")
  .refine((name) => !/^scorekeeper_/i.test(name), "fields that we write ourselves are not read back");

/** https; plain http only to this machine, for tests and the demo. */
const address = z
  .url()
  .refine((value) => isSafe(value), "expected https://… (plain http only to this machine)")
  .transform((value) => value.replace(/\/+$/, ""));

function isSafe(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

const clientCredentials = z.strictObject({
  kind: z.literal("client-credentials"),
  clientId: secret.describe("Consumer key of the External Client App"),
  clientSecret: secret.describe("Consumer secret of the External Client App"),
});

const jwt = z.strictObject({
  kind: z.literal("jwt"),
  clientId: secret.describe("Consumer key of the External Client App"),
  username: secret.describe("Username of the integration user"),
  privateKey: secret.describe("Private key in PEM form, usually a file reference; its certificate is in the External Client App"),
  audience: address.default("https://login.salesforce.com").describe("https://test.salesforce.com for a sandbox"),
});

const refreshToken = z.strictObject({
  kind: z.literal("refresh-token"),
  clientId: secret.describe("Consumer key of the External Client App"),
  clientSecret: secret.optional().describe("Consumer secret, where the app asks for one"),
  refreshToken: secret.describe("The first refresh token; later ones are kept in tokenFile"),
  tokenFile: z.string().min(1).optional().describe("Where a rotated token is kept (mode 600); beside the configuration when left out"),
});

/** Which CRM field feeds which value; absent ones are Salesforce's standard fields. */
const fields = z
  .strictObject({
    amount: fieldName.default("Amount"),
    source: fieldName.default("LeadSource"),
    nextStep: fieldName.default("NextStep"),
    segment: fieldName.optional(),
    territory: fieldName.default("Territory2Id"),
    product: fieldName.optional(),
    lossReason: fieldName.optional(),
    sector: fieldName.default("Industry").describe("Of an account"),
    region: fieldName.optional().describe("Of an account"),
    dimensions: z.record(z.string().min(1), fieldName).default({}).describe("Dimension → field, for --by and --where"),
  })
  .prefault({})
  .describe("Which field of an opportunity feeds which value");

/** Settings of a Salesforce connection. Unknown keys are refused. */
export const salesforceSettings = z.strictObject({
  auth: z.discriminatedUnion("kind", [clientCredentials, jwt, refreshToken]).describe("How the integration user logs in"),
  loginUrl: address.describe("The org's own My Domain address, https://acme.my.salesforce.com"),
  instanceUrl: address.optional().describe("Only to point elsewhere than the login answer says"),
  apiVersion: z
    .string()
    .regex(/^\d{2}\.0$/, 'expected a version such as "66.0"')
    .refine((value) => Number(value) >= 62, "expected 62.0 or later")
    .default("66.0"),
  budget: z
    .strictObject({
      dailyShare: z.number().gt(0).max(1).default(0.5).describe("Share of the org's daily API calls this connection may use"),
      parallel: z.int().min(1).max(10).default(4).describe("Requests under way at once"),
    })
    .prefault({})
    .describe("How much of the org's API allowance may be used"),
  settleMs: z
    .int()
    .min(0)
    .default(300_000)
    .describe("Rows younger than this are left for the next run: a commit may become visible after later ones"),
  overlapMs: z.int().min(60_000).default(900_000).describe("Read again this far before the last run's end"),
  deadlineMs: z.int().min(1_000).default(150_000).describe("Longest wait for one answer; Salesforce ends a query after about 120 s"),
  fields,
  calls: z
    .strictObject({
      types: z.array(z.string().min(1)).default(["Call"]).describe("Values of Task.Type that mean a call"),
      subjectPrefixes: z
        .array(z.string().min(1))
        .default([])
        .describe("Beginnings of Task.Subject that mean a call; the subject is read only when set"),
    })
    .prefault({})
    .describe("Tasks that are calls beside those with subtype Call, a call type or a call duration"),
  forecastingType: z.string().min(1).optional().describe("API name of the forecast type whose quotas are the targets"),
  sweepHours: z.int().min(0).default(168).describe("How often ids are compared to find records deleted without a trace; 0 never"),
});

export type SalesforceSettings = z.output<typeof salesforceSettings>;
export type AuthSettings = SalesforceSettings["auth"];
