import type { Stream, StreamContext } from "#core/connector.ts";
import type { RecordType } from "#core/records.ts";
import type { Mapped, Row } from "../decode.ts";
import { type Query, soql } from "../soql.ts";
import { allRows } from "../window.ts";
import { refuseUnknown, simpleCheckpoint } from "../window-state.ts";
import type { StreamDeps } from "./incremental.ts";

export interface SnapshotSpec {
  readonly name: string;
  readonly emits: readonly RecordType[];
  /** Reads all of it; null: the org does not offer it. */
  read(context: StreamContext): Promise<(Mapped & { readonly received: number }) | null>;
}

/** A stream over something small that is read whole each time. */
export function snapshotStream(spec: SnapshotSpec): Stream {
  return {
    name: spec.name,
    mode: "snapshot",
    emits: spec.emits,
    read: async function* (from, context) {
      refuseUnknown(from, spec.name);
      const found = await spec.read(context);
      if (found === null) {
        context.log.info({ stream: spec.name }, "not offered by the org, nothing to read");
        return;
      }
      yield { changes: found.changes, rejects: found.rejects, checkpoint: simpleCheckpoint({}), received: found.received };
    },
  };
}

/** All rows of a small object with those of the wanted fields that can be seen; null where the object is not offered. */
export async function rowsOf(
  deps: StreamDeps,
  wanted: Omit<Query, "fields"> & { readonly fields: readonly string[] },
  context: StreamContext,
): Promise<readonly Row[] | null> {
  const object = await deps.schema.object(wanted.object, context);
  if (object === null) return null;
  const fields = [...new Set(["Id", ...deps.schema.readable(object, wanted.fields)])];
  const rows: Row[] = [];
  for await (const row of allRows(deps, `${wanted.object}.all`, soql({ ...wanted, fields }), context)) rows.push(row);
  return rows;
}
