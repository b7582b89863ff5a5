import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { MessageKey } from "#i18n/translate.ts";

/** One stuck deal as a mail shows it. CRM text is as it came; templates clean and escape it. */
export interface StuckDealLine {
  readonly name: string | null;
  readonly id: string;
  readonly url: string | null;
  readonly account: string | null;
  readonly stage: string;
  readonly enteredOn: Day;
  /** Counted from creation, as there is no stage history. */
  readonly assumed: boolean;
  readonly days: number;
  readonly typicalDays: number | null;
  readonly sampleSize: number;
  readonly limitDays: number;
  readonly amountMinor: number | null;
  readonly currency: string;
  /** `hidden` where people are shown as teams only. */
  readonly owner: { readonly state: "hidden" } | { readonly state: "none" } | { readonly state: "named"; readonly name: string };
  readonly nextStep: string | null;
  readonly level: "warning" | "critical";
  readonly why: "first" | "existing" | "level_up" | "reminder";
  /** Why it came to operations instead of a manager. */
  readonly problem: MessageKey | null;
}

/** What both parts of a mail are rendered from (E14). */
interface MailFrame {
  readonly organization: string;
  /** The reader's zone. */
  readonly timeZone: string;
  readonly asOf: Instant;
  /** Set while alerts are not live; `meantFor` is null when it was meant for operations anyway. */
  readonly preview: { readonly meantFor: string | null } | null;
}

export interface StuckDealsContent extends MailFrame {
  readonly template: "stuck_deals";
  readonly audience: "manager" | "operations";
  /** At most 20. */
  readonly deals: readonly StuckDealLine[];
  /** Further deals that are not named. */
  readonly more: number;
  /** All deals, named or not. */
  readonly total: number;
  /** How many of them are told for the first time. */
  readonly fresh: number;
  readonly worst: "warning" | "critical";
  readonly resolved: readonly string[];
  readonly resolvedMore: number;
}

export interface OperationsLine {
  readonly what: MessageKey;
  readonly remedy: MessageKey;
  readonly since: Instant;
  readonly values: Readonly<Record<string, string>>;
  /** An instant put into `values` as `time` in the reader's zone. */
  readonly time: Instant | null;
}

export interface OperationsContent extends MailFrame {
  readonly template: "operations";
  readonly lines: readonly OperationsLine[];
  /** Connections whose sync works again. */
  readonly resolved: readonly string[];
}

export interface TestContent extends MailFrame {
  readonly template: "test";
}

export type MailContent = StuckDealsContent | OperationsContent | TestContent;

/** Content as stored in the outbox. Written by this program only; another shape is a damaged row. */
export function decodeContent(text: string): MailContent {
  const content: unknown = JSON.parse(text);
  const isKnown =
    typeof content === "object" &&
    content !== null &&
    "template" in content &&
    (content.template === "stuck_deals" || content.template === "operations" || content.template === "test");
  if (!isKnown) throw new TypeError("The outbox holds a mail of an unknown template.");
  return content as MailContent;
}
