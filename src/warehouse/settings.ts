import type { Instant } from "#core/time/instant.ts";
import type { SettingsTable } from "./schema/operations.ts";
import type { Reader, WriteTx } from "./warehouse.ts";

/** A decision that lives in the warehouse; undefined when nobody has made it. */
export async function readSetting(db: Reader, key: string): Promise<SettingsTable | undefined> {
  return db.selectFrom("settings").selectAll().where("key", "=", key).executeTakeFirst();
}

/** Keeps a decision with who made it and when; the last one holds. */
export async function putSetting(tx: WriteTx, key: string, value: string, by: string, now: Instant): Promise<void> {
  const row = { value, changed_at: now, changed_by: by };
  await tx
    .insertInto("settings")
    .values({ key, ...row })
    .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
    .execute();
}
