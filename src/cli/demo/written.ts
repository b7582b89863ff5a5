import type { FieldValue } from "#core/writeback.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import type { Planned } from "#writeback/planned.ts";
import type { App } from "../app.ts";

/** What one connection's deals carry of ours. */
export interface Written {
  readonly connectionId: string;
  /** Deals on which the CRM has confirmed a value. */
  readonly records: number;
  /** Deals the next apply would change. */
  readonly waiting: number;
  readonly example: {
    readonly id: string;
    readonly values: Readonly<Record<string, FieldValue>>;
    /** Asked of the CRM just now; else what a plan would put there. */
    readonly isLive: boolean;
  } | null;
}

export async function readWritten(app: App, warehouse: Warehouse, planned: Planned, connectionId: string): Promise<Written> {
  const sent = await warehouse.read((db) =>
    db
      .selectFrom("writeback_sent")
      .select(["record_id", "field", "value"])
      .where("connection_id", "=", connectionId)
      .where("target", "=", "deal")
      .orderBy("record_id")
      .orderBy("field")
      .execute(),
  );
  const records = new Set(sent.map((row) => row.record_id));
  const telling = sent.find((row) => row.field === "stuck_since" && row.value !== null) ?? sent[0];
  const example = telling === undefined ? plannedExample(planned) : await liveExample(app, connectionId, telling.record_id, sent);
  return { connectionId, records: records.size, waiting: planned.plan.items.length, example };
}

function plannedExample({ plan }: Planned): Written["example"] {
  const item = plan.items.find(({ changes }) => changes.some(({ field }) => field === "stuck_since")) ?? plan.items[0];
  if (item === undefined) return null;
  return { id: item.id, values: Object.fromEntries(item.changes.map((change) => [change.field, change.new])), isLive: false };
}

async function liveExample(
  app: App,
  connectionId: string,
  id: string,
  sent: readonly { readonly field: string }[],
): Promise<Written["example"]> {
  const { writer } = await app.connector(connectionId);
  const fields = [...new Set(sent.map(({ field }) => field))];
  const [record] = (await writer?.read("deal", [id], fields, app.signal)) ?? [];
  return record === undefined ? null : { id, values: record.values, isLive: true };
}
