import type { ReadDb } from "../warehouse.ts";

/** Small tables a reading of facts needs whole: who is who, what stages mean, what money was worth. */
export interface ReferenceRows {
  readonly users: readonly { readonly connection_id: string; readonly source_id: string; readonly person_id: string | null }[];
  readonly managers: readonly {
    readonly person_id: string;
    readonly manager_id: string | null;
    readonly valid_from: string;
    readonly valid_to: string | null;
  }[];
  readonly members: readonly {
    readonly person_id: string;
    readonly kind: string;
    readonly value: string;
    readonly valid_from: string;
    readonly valid_to: string | null;
  }[];
  readonly people: readonly {
    readonly person_id: string;
    readonly email: string | null;
    readonly is_active: number;
    readonly started_on: string | null;
    readonly ended_on: string | null;
  }[];
  readonly stages: readonly StageRow[];
  readonly rates: readonly { readonly currency: string; readonly day: string; readonly rate: number }[];
}

export interface StageRow {
  readonly connection_id: string;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly label: string;
  readonly sort_order: number;
  readonly outcome: string;
  readonly probability: number | null;
}

/** Reads them as they are known today. */
export async function readReference(db: ReadDb): Promise<ReferenceRows> {
  return {
    users: await db.selectFrom("crm_users").select(["connection_id", "source_id", "person_id"]).execute(),
    managers: await db
      .selectFrom("manager_history")
      .select(["person_id", "manager_id", "valid_from", "valid_to"])
      .orderBy("person_id")
      .orderBy("valid_from")
      .execute(),
    members: await db
      .selectFrom("team_members")
      .select(["person_id", "kind", "value", "valid_from", "valid_to"])
      .orderBy("person_id")
      .orderBy("kind")
      .orderBy("valid_from")
      .orderBy("value")
      .execute(),
    people: await db
      .selectFrom("people")
      .select(["person_id", "email", "is_active", "started_on", "ended_on"])
      .orderBy("person_id")
      .execute(),
    stages: await db
      .selectFrom("stages")
      .select(["connection_id", "pipeline_id", "stage_id", "label", "sort_order", "outcome", "probability"])
      .where("deleted_seen_at", "is", null)
      .orderBy("connection_id")
      .orderBy("pipeline_id")
      .orderBy("sort_order")
      .orderBy("stage_id")
      .execute(),
    rates: await db
      .selectFrom("exchange_rates")
      .select(["currency", "day", "rate"])
      .where("deleted_seen_at", "is", null)
      .orderBy("currency")
      .orderBy("day")
      .orderBy("connection_id")
      .orderBy("source_id")
      .execute(),
  };
}
