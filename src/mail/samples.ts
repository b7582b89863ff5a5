import { type Day, parseDay } from "#core/time/day.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";
import type { MailContent, OperationsContent, StuckDealLine, StuckDealsContent } from "./content.ts";

const day = (text: string): Day => parseDay(text) ?? never(text);
const instant = (text: string): Instant => parseInstant(text) ?? never(text);

function never(text: string): never {
  throw new TypeError(`'${text}' is no date.`);
}

const FRAME = { organization: "Acme GmbH", timeZone: "Europe/Warsaw", asOf: instant("2026-06-02T06:00:00Z"), preview: null } as const;

/** A made-up stuck deal, for previews and tests. */
export function sampleDeal(change: Partial<StuckDealLine> = {}): StuckDealLine {
  return {
    ...{ name: "Lindqvist Foods – fleet renewal", id: "hs:4711", url: "https://app.hubspot.com/contacts/1/record/0-3/4711" },
    ...{ account: "Lindqvist Foods AB", stage: "Proposal", enteredOn: day("2026-05-03"), assumed: false },
    ...{ days: 30, typicalDays: 14, sampleSize: 23, limitDays: 28, amountMinor: 4_850_000, currency: "EUR" },
    ...{ owner: { state: "named", name: "Ana Kowalska" }, nextStep: "Call the new head of purchasing" },
    ...{ level: "warning", why: "first", problem: null },
    ...change,
  };
}

/** A digest of so many deals; beyond 20 they are counted. */
export function sampleDigest(count: number, change: Partial<StuckDealsContent> = {}): StuckDealsContent {
  const kinds = [
    sampleDeal({
      ...{ name: "Ōsaka Robotics 大阪 · line 4", id: "hs:4712", account: "Ōsaka Robotics", stage: "Negotiation", days: 96, limitDays: 42 },
      ...{ typicalDays: 21, sampleSize: 31, enteredOn: day("2026-02-26"), amountMinor: 12_500_000, currency: "JPY" },
      ...{ level: "critical", why: "level_up", nextStep: null, owner: { state: "named", name: "Piotr Łukasiewicz" } },
    }),
    sampleDeal(),
    sampleDeal({
      ...{ name: "Brightwater clinics", id: "sf:006A", account: "Brightwater", stage: "Qualification", typicalDays: null, sampleSize: 4 },
      ...{ limitDays: 30, days: 44, enteredOn: day("2026-04-19"), assumed: true, amountMinor: null, why: "reminder" },
      ...{ nextStep: "Demo for the board on 9 June", url: "https://acme.lightning.force.com/lightning/r/Opportunity/006A/view" },
    }),
  ] as const;
  const deals = Array.from({ length: Math.min(count, 20) }, (_, index) => ({
    ...(kinds[index % kinds.length] ?? kinds[0]),
    ...(index < kinds.length ? {} : { id: `hs:${5000 + index}`, name: `Renewal no. ${index + 1}` }),
  }));
  return {
    ...FRAME,
    ...{ template: "stuck_deals", audience: "manager", deals, more: Math.max(0, count - 20), total: count },
    ...{ fresh: deals.filter((deal) => deal.why === "first").length, worst: "critical", resolved: [], resolvedMore: 0 },
    ...change,
  };
}

export function sampleOperations(): OperationsContent {
  return {
    ...FRAME,
    template: "operations",
    lines: [
      {
        ...{ what: "operations.sync_failed", remedy: "operations.sync_remedy", since: instant("2026-06-01T22:15:00Z") },
        ...{ values: { connection: "hs" }, time: null },
      },
      {
        ...{ what: "operations.address", remedy: "operations.address_remedy", since: instant("2026-06-02T05:00:00Z") },
        ...{ values: { address: "jo@acme.example", reply: "550 5.1.1 No such user" }, time: null },
      },
    ],
    resolved: ["sf"],
  };
}

/** One of each template, for `mail preview` (E11). */
export const SAMPLES: Readonly<Record<string, () => MailContent>> = {
  "stuck-deals": () => sampleDigest(3, { resolved: ["Harbour logistics", "Nowak & Synowie"] }),
  "stuck-deals-many": () => sampleDigest(34),
  "stuck-deals-operations": () =>
    sampleDigest(1, {
      audience: "operations",
      deals: [sampleDeal({ owner: { state: "none" }, problem: "route.no_owner" })],
      worst: "warning",
    }),
  "stuck-deals-preview": () => sampleDigest(2, { preview: { meantFor: "Jan Nowak <jan.nowak@acme.example>" } }),
  operations: sampleOperations,
  test: () => ({ ...FRAME, template: "test" }),
};
