import { TYPE_NAMES } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { linkRecords, type StoredRecord, unlinkRecords, writeValues } from "./record.ts";

/** The loser vanishes without a trace but in the survivor's list of merged ids; its links move over. */
export function mergeRecords(portal: Portal, winner: StoredRecord, loser: StoredRecord, ms: number): void {
  const table = portal.tables[loser.type];
  for (const type of TYPE_NAMES) {
    for (const id of [...(loser.links[type] ?? [])]) {
      const other = portal.tables[type].byId.get(id);
      if (other === undefined) continue;
      unlinkRecords(loser, other);
      linkRecords(winner, other);
    }
  }
  const merged = [winner.values["hs_merged_object_ids"], loser.values["hs_merged_object_ids"], String(loser.id)]
    .filter((part) => part !== undefined)
    .join(";");
  const extra =
    winner.type === "contacts"
      ? {
          hs_calculated_merged_vids: merged
            .split(";")
            .map((id) => `${id}:${ms}`)
            .join(";"),
        }
      : {};
  writeValues(winner, { hs_merged_object_ids: merged, ...extra }, ms, { type: "MERGE_OBJECTS", id: null, userId: null });
  table.byId.delete(loser.id);
  table.records.splice(table.records.indexOf(loser), 1);
  table.mergedInto.set(loser.id, winner.id);
}
