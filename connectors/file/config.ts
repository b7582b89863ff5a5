import { z } from "zod";
import { OUTCOMES } from "#core/records.ts";
import { isDatePattern } from "#kit/csv-values.ts";

const column = z.string().min(1);
const name = (what: string) => column.optional().describe(what);

/** How any one file is written; `columns` is its own. */
const format = {
  path: z.string().min(1).describe("The file; a relative path starts at the configuration file's folder."),
  delimiter: z
    .string()
    .default(",")
    .transform((text) => (text === "\\t" || text === "tab" ? "\t" : text))
    .refine((text) => text.length === 1 && !/["\r\n]/.test(text), 'expected one character such as "," or ";", or "tab"')
    .describe('What stands between two cells: one character, or "tab".'),
  encoding: z.string().min(1).default("utf-8").describe("utf-8, windows-1250, windows-1252, iso-8859-2, shift_jis …"),
  dates: z
    .string()
    .min(1)
    .default("iso")
    .refine(isDatePattern, "expected iso, or a pattern of yyyy, MM or M, dd or d, HH or H, mm, ss")
    .describe("iso, or a pattern of yyyy, MM or M, dd or d, HH or H, mm, ss, such as dd.MM.yyyy HH:mm; in the organisation's zone."),
  decimal: z.enum([".", ","]).default(".").describe("What stands before the decimals of a number."),
  values: z
    .record(z.string(), z.record(z.string(), z.string()))
    .optional()
    .describe("Other words for a column's values: {kind: {Phone: call}}; `*` stands for all others."),
  missingRows: z
    .enum(["delete", "keep"])
    .default("delete")
    .describe("What a row means that was in the file before and is not any more: the record was deleted, or nothing."),
};

const deals = z.strictObject({
  ...format,
  columns: z
    .strictObject({
      id: column.describe("The deal's id, unique in the file."),
      stage: column.describe("The stage the deal is in."),
      name: name("The deal's name."),
      owner: name("Who owns it: the id used in `users`, else the name."),
      account: name("The customer: the id used in `accounts`, else the name."),
      product: name("The product: the id used in `products`, else the name."),
      pipeline: name("The pipeline; without it all deals are in `default`."),
      createdAt: name("When it was created or opened."),
      closedAt: name("When it was closed, or is expected to close."),
      amount: name("Its value in major units."),
      currency: name("ISO 4217 code; empty is the organisation's currency."),
      source: name("Where it came from."),
      segment: name("Customer segment."),
    })
    .describe("Our name: the name in the file's header."),
  stages: z
    .record(z.string(), z.enum(OUTCOMES))
    .optional()
    .describe("What each stage means, in order; `*` stands for all others. Without it: won and lost by their names, all others open."),
  dimensions: z.record(z.string(), column).optional().describe("Further columns to break results down by: {industry: Industry}."),
});

const users = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: name("The id other files use for this person; without it, the name."),
    name: name("Full name; without it, the id."),
    email: name("Joins the person to the other CRMs."),
    manager: name("The manager's id, e-mail or name."),
    team: name("Team."),
    region: name("Region."),
    territory: name("Territory."),
    role: name("Role."),
    startedAt: name("First day."),
    endedAt: name("Last day."),
  }),
});

const stageHistory = z.strictObject({
  ...format,
  columns: z.strictObject({
    deal: column.describe("The deal's id."),
    stage: column.describe("The stage it entered."),
    enteredAt: column.describe("When."),
    pipeline: name("The pipeline; without it, `default`."),
  }),
});

const activities = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: name("Unique id; without it a row is known by its content."),
    kind: column.describe("call, email, meeting, task or note; map other words with `values`."),
    direction: name("inbound, outbound or internal."),
    owner: name("Who did it."),
    deal: name("The deal it is about."),
    contact: name("The contact it is about."),
    occurredAt: column.describe("When it took place."),
    minutes: name("How long it took."),
    outcome: name("What came of it."),
    category: name("Your own kind of activity."),
  }),
});

const accounts = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: name("The id deals use; without it, the name."),
    name: name("Name."),
    sector: name("Industry."),
    region: name("Region."),
    parent: name("The parent account."),
    owner: name("Who owns it."),
  }),
});

const products = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: name("The id deals use; without it, the name."),
    name: name("Name."),
    series: name("Product line."),
    price: name("List price."),
  }),
});

const leads = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: column.describe("Unique id."),
    name: name("Name."),
    owner: name("Who owns it."),
    source: name("Where it came from."),
    createdAt: name("When it came in."),
    mqlAt: name("When marketing qualified it."),
    sqlAt: name("When sales accepted it."),
    convertedAt: name("When it became a deal."),
    deal: name("The deal it became."),
    status: name("Status."),
  }),
});

const contacts = z.strictObject({
  ...format,
  columns: z.strictObject({
    id: name("The id activities use; without it, the e-mail, else the name."),
    name: name("Name."),
    email: name("E-mail."),
    account: name("The customer the contact belongs to."),
  }),
});

const targets = z.strictObject({
  ...format,
  columns: z
    .strictObject({
      who: column.default("who"),
      metric: column.default("metric"),
      period_start: column.default("period_start"),
      period_end: column.default("period_end"),
      value: column.default("value"),
      unit: column.default("unit"),
      ramp: column.default("ramp"),
      source: column.default("source"),
    })
    .prefault({})
    .describe("As in targets.csv."),
});

/** Settings of a `type: file` connection, without `id` and `type`. */
export const fileSettings = z.strictObject({
  files: z
    .strictObject({
      deals: deals.describe("The only file that is needed."),
      users: users.optional(),
      stageHistory: stageHistory
        .optional()
        .describe("With it durations in stages are exact; without it they are seen between two readings."),
      activities: activities.optional(),
      accounts: accounts.optional(),
      products: products.optional(),
      leads: leads.optional(),
      contacts: contacts.optional(),
      targets: targets.optional(),
    })
    .describe("One entry per exported file."),
});

export type FileSettings = z.output<typeof fileSettings>;
export type Files = FileSettings["files"];
export type FileKind = keyof Files;
/** What all files have in common. */
export type FileFormat = Pick<NonNullable<Files[FileKind]>, keyof typeof format>;
