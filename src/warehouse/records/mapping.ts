import type { Outcome } from "#core/records.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";
import type { SqlValue } from "../bulk.ts";
import type { CrmRow } from "../schema/common.ts";
import type { Db } from "../schema/db.ts";

/** What a record needs to know of its surroundings to become a row. */
export interface MapContext {
  readonly connectionId: string;
  /** Of the organisation: a record without a currency is in this one. */
  readonly currency: string;
  dayOf(instant: Instant): Day;
  readonly stageOverrides: Readonly<Record<string, Outcome>>;
}

/** Columns of a row that a record of the CRM decides. */
export type Content<Table> = { readonly [K in Exclude<keyof Table, keyof CrmRow> & string]: Table[K] & SqlValue };

/** How one record type is stored. `versioned` rows carry a content hash and leave superseded versions; `log` rows are facts
 *  with an id that are written once (architecture: stage entries v. stays). */
export interface RecordTable<R> {
  readonly table: keyof Db & string;
  readonly kind: "versioned" | "log";
  /** The row's `source_id`; default: the record's id. */
  idOf?(record: R): string;
  /** Throws an AppError of recovery `skip` when the record can't be kept. Always the same columns in the same order. */
  toRow(record: R, context: MapContext): Readonly<Record<string, SqlValue>>;
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}
