import type { MailSettings } from "#mail/deliver.ts";
import type { DigestTime } from "./digest-due.ts";
import type { StaleDealRule } from "./rules/stale-deal.ts";

/** Everything of the configuration that alerts follow. */
export interface AlertSettings {
  /** `preview` forces it, whatever go-live says. */
  readonly mode: "auto" | "preview";
  readonly mail: MailSettings;
  readonly staleDeal: StaleDealRule | null;
  /** Business days until a recipient is reminded of what still fires; null: never. */
  readonly remindAfterDays: number | null;
  /** `team`: owners are not named. */
  readonly peopleLevel: "individual" | "team";
  readonly digest: DigestTime;
  /** Data older than this are not judged. */
  readonly maximumDataAgeMs: number;
  readonly connectionIds: readonly string[];
}
