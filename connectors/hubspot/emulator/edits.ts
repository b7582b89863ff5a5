import { mergeRecords } from "./merge.ts";
import { type ObjectType, TYPE_NAMES } from "./object-types.ts";
import { findRecord, type Portal } from "./portal.ts";
import { archive, linkRecords, restore, type Source, type StoredRecord, unlinkRecords, writeValues } from "./record.ts";

const BY_HAND: Source = { type: "CRM_UI", id: "userId:9586504", userId: 9_586_504 };

/** What a person does in the portal's own pages, at the portal's own time. */
export interface Edits {
  /** Sets values without any check: old imports have left all kinds of text. Null clears. */
  set(type: ObjectType, id: string, values: Readonly<Record<string, string | null>>): void;
  archive(type: ObjectType, id: string): void;
  restore(type: ObjectType, id: string): void;
  /** Privacy deletion: gone at once, from everywhere, without a trace. */
  purge(type: ObjectType, id: string): void;
  /** The loser's id lives on in the winner's `hs_merged_object_ids` only. */
  merge(type: ObjectType, winnerId: string, loserId: string): void;
  /** Links do not move the modified date (fact sheet 4.3). */
  link(from: ObjectType, fromId: string, to: ObjectType, toId: string): void;
  unlink(from: ObjectType, fromId: string, to: ObjectType, toId: string): void;
  /** A bulk job: every record of the type gets these values in one and the same millisecond. */
  massUpdate(type: ObjectType, values: Readonly<Record<string, string | null>>): number;
}

export function editsOf(portal: Portal): Edits {
  const at = (type: ObjectType, id: string): StoredRecord => {
    const found = findRecord(portal, type, id, false);
    if (found === null) throw new RangeError(`The portal has no ${type} ${id}.`);
    return found;
  };
  return {
    set: (type, id, values) => writeValues(at(type, id), values, portal.clock.nowMs(), BY_HAND),
    archive: (type, id) => archive(at(type, id), portal.clock.nowMs()),
    restore: (type, id) => restore(at(type, id), portal.clock.nowMs()),
    purge: (type, id) => purge(portal, at(type, id)),
    merge: (type, winnerId, loserId) => mergeRecords(portal, at(type, winnerId), at(type, loserId), portal.clock.nowMs()),
    link: (from, fromId, to, toId) => linkRecords(at(from, fromId), at(to, toId)),
    unlink: (from, fromId, to, toId) => unlinkRecords(at(from, fromId), at(to, toId)),
    massUpdate: (type, values) => {
      const alive = portal.tables[type].records.filter((record) => record.archivedMs === null);
      for (const record of alive) writeValues(record, values, portal.clock.nowMs(), { type: "IMPORT", id: "bulk-edit", userId: null });
      return alive.length;
    },
  };
}

function purge(portal: Portal, record: StoredRecord): void {
  const table = portal.tables[record.type];
  for (const type of TYPE_NAMES) {
    for (const id of [...(record.links[type] ?? [])]) {
      const other = portal.tables[type].byId.get(id);
      if (other !== undefined) unlinkRecords(record, other);
    }
  }
  table.byId.delete(record.id);
  table.records.splice(table.records.indexOf(record), 1);
}
