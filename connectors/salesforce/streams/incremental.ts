import type { Checkpoint, Page, Stream, StreamContext } from "#core/connector.ts";
import type { Organization } from "#core/organization.ts";
import type { Change, RecordType } from "#core/records.ts";
import { type Mapped, mapRow, type Row } from "../decode.ts";
import { type ReadDeps, readChanges, type Source } from "../window.ts";
import { cutPages } from "./pages.ts";

/** What every stream of one connection is made with. */
export interface StreamDeps extends ReadDeps {
  readonly connectionId: string;
  readonly organization: Organization;
}

export type RowMap = (row: Row) => readonly Change[];

export interface IncrementalSpec {
  readonly name: string;
  /** The first is what a row is: its rejects are of this type. */
  readonly emits: readonly [RecordType, ...RecordType[]];
  readonly source: Source;
  /** How the rows of one answer become changes; may first ask for what belongs to them. */
  mapper(rows: readonly Row[], context: StreamContext): RowMap | Promise<RowMap>;
}

/** A stream over one object, read as it changes. */
export function incrementalStream(deps: StreamDeps, spec: IncrementalSpec): Stream {
  return { name: spec.name, mode: "incremental", emits: spec.emits, read: (from, context) => pages(deps, spec, from, context) };
}

/** Pages of what changed since the checkpoint. */
export async function* pages(
  deps: StreamDeps,
  spec: IncrementalSpec,
  from: Checkpoint | null,
  context: StreamContext,
): AsyncGenerator<Page, void, void> {
  deps.schema.begin(spec.name, spec.source.object);
  for await (const batch of readChanges(deps, spec.source, from, context)) {
    const map = await spec.mapper(batch.rows, context);
    const { rows } = batch;
    const partOf = (index: number): Mapped => mapRow(spec.emits[0], rows[index] ?? {}, map);
    for (const page of cutPages(rows.length, partOf, (count) => batch.checkpointAfter(count))) {
      yield page;
      if (context.signal.aborted) return;
    }
  }
}
