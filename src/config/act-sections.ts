import { z } from "zod";
import { clockTime, cron, path, secret, text, weekdays } from "./scalars.ts";

const MODES = ["auto", "preview"] as const;
const email = () => z.email("expected a mail address");

export const scheduleSection = z
  .strictObject({
    cycle: cron().default("*/15 * * * *").describe("When a cycle starts"),
    reconcile: cron().default("0 3 * * 0").describe("When totals are compared with the CRM's own"),
    digest: z.strictObject({ at: clockTime().default("08:00"), days: weekdays().default("mon-fri") }).prefault({}),
  })
  .describe("When `start` does what; the digest in each recipient's own zone");

export const metricsSection = z
  .strictObject({ enabled: z.array(text()).optional().describe("KPIs shown and stored; all when left out") })
  .describe("Which KPIs");

export const writebackSection = z
  .strictObject({
    mode: z.enum(MODES).default("auto").describe("preview: compute and show, never write"),
    refreshDays: z.int().min(1).max(90).default(7).describe("A value unchanged this long is confirmed with a new as-of"),
    firstApplyRecords: z.int().min(1).default(20).describe("The first apply after go-live takes at most this many records"),
    breaker: z
      .strictObject({ records: z.int().min(1).default(5000), percent: z.number().min(0).max(100).default(50) })
      .prefault({})
      .describe("A plan larger than either is held for approval"),
    directory: path().default("data/writeback").describe("Where import-ready files of file connections are written"),
    connections: z
      .record(
        text(),
        z.strictObject({
          deals: z.array(text()).optional().describe("Fields put on deals"),
          reps: z.array(text()).optional().describe("Fields put on rep scorecards"),
          accounts: z.array(text()).optional().describe("Fields put on accounts"),
        }),
      )
      .default({})
      .describe("Per connection: what is written; the default fields when left out"),
  })
  .describe("Results onto CRM records");

const smtp = z.strictObject({
  host: text(),
  port: z.int().min(1).max(65_535).default(587),
  security: z.enum(["starttls", "tls", "none"]).default("starttls").describe("none is taken on a loopback host only"),
  user: text().optional(),
  password: secret().optional(),
});

const rule = z.strictObject({
  id: text(),
  enabled: z.boolean().default(true),
  multiplier: z.number().positive().optional().describe("stale_deal: stuck beyond this many typical durations"),
  minimumDays: z.int().min(1).optional().describe("stale_deal: never stuck before this many days"),
  minimumAmount: z.number().min(0).optional().describe("Deals below this amount are left out, in major units"),
  clearShare: z
    .number()
    .positive()
    .max(1, "must not be above 1: an alert would end later than it began")
    .optional()
    .describe("stale_deal: ends at this share of the limit (0.8)"),
  criticalLimits: z.number().min(1).nullable().optional().describe("stale_deal: critical beyond this many limits (2); null: never"),
  remindAfterDays: z
    .int()
    .min(1)
    .nullable()
    .optional()
    .describe("Business days until a manager is told again of what has not changed (5); null: never"),
});

export const alertsSection = z
  .strictObject({
    mode: z.enum(MODES).default("auto").describe("preview: every mail goes to operations, naming the intended recipient"),
    smtp: smtp.optional(),
    from: text().optional().describe('Sender, such as "Scorekeeper <scorekeeper@acme.example>"'),
    replyAddress: email().optional(),
    operations: email().optional().describe("Who looks after this service; gets everything in preview"),
    rules: z.array(rule).default([{ id: "stale_deal", enabled: true }]),
  })
  .describe("Mails to managers");

export const webSection = z
  .strictObject({
    host: text().default("127.0.0.1"),
    port: z.int().min(0).max(65_535).default(8080),
    publicUrl: z.url("expected an address such as https://scorekeeper.acme.example").nullable().default(null),
    auth: z.strictObject({ users: path().optional() }).optional(),
  })
  .describe("Pages and health endpoint of `start`");

export const privacySection = z
  .strictObject({
    storeEmailBodies: z.boolean().default(false),
    storeSubjects: z.boolean().default(false),
    storePhoneNumbers: z.boolean().default(false),
    keepPersonResultsMonths: z.int().min(1).max(120).default(24),
  })
  .describe("What is kept of people");

export const operationsSection = z
  .strictObject({
    maximumDataAgeHours: z.int().min(1).default(26).describe("Older data are not judged and nothing is written from them"),
    leaseSeconds: z.int().min(10).max(3600).default(120).describe("A process silent this long has lost its turn"),
    keepRunsDays: z.int().min(1).default(400),
  })
  .describe("The service itself");
