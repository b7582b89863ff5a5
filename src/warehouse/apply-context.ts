import type { Reject } from "#core/connector.ts";
import type { Organization } from "#core/organization.ts";
import type { RecordType } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { StageOverrides } from "./stage-book.ts";

/** What a page of changes is applied with. */
export interface ApplyContext {
  readonly connectionId: string;
  readonly organization: Organization;
  /** Configured outcomes (`stages:`), by `connection:stage`. */
  readonly stageOverrides: StageOverrides;
  /** `derived`: the source has no stage log; what is seen to change between two readings is kept as one. */
  readonly historyBasis: "native" | "derived";
  /** When the page is seen: the service's own clock. */
  readonly now: Instant;
}

export interface TypeCounts {
  readonly inserted: number;
  readonly changed: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Ignored because a newer version is stored. */
  readonly older: number;
}

export interface ApplyReport {
  readonly counts: Readonly<Partial<Record<RecordType, TypeCounts>>>;
  /** Records that could not be kept; the rest of the page went in. */
  readonly rejects: readonly Reject[];
  /** Characters no database keeps that were replaced by U+FFFD (law 4). */
  readonly replacedCharacters: number;
  /** Users, teams or memberships changed: `rebuildPeople` is due. */
  readonly peopleChanged: boolean;
}
