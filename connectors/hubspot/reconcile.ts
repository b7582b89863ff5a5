import type { ReconcileRow } from "#core/connector.ts";
import type { Zone } from "#core/time/zone.ts";
import type { Asker, HubSpot } from "./client.ts";
import type { FieldNames } from "./config.ts";
import { instantOf, type WireRecord } from "./decode.ts";
import { outcomeOf, value } from "./map.ts";
import { WHOLE } from "./streams/progress.ts";
import { lastId, listPage, listSize } from "./streams/read.ts";
import { walk } from "./streams/walk.ts";

const MODIFIED = "hs_lastmodifieddate";

/** Every deal as HubSpot has it now, by list with the few properties a comparison needs. */
export async function* reconcileRows(
  hub: HubSpot,
  fields: FieldNames,
  zone: Zone,
  walkers: number,
  asker: Asker,
): AsyncGenerator<ReconcileRow> {
  const query = {
    object: "deals",
    modified: MODIFIED,
    properties: [MODIFIED, "pipeline", "closedate", "hs_is_closed", "hs_is_closed_won", fields.amount, "deal_currency_code"],
    history: [],
    linked: [],
  };
  const batches = walk({
    parts: [WHOLE],
    walkers,
    pageSize: listSize(query),
    batchSize: 1000,
    fetch: (token) => listPage(hub, query, token, asker),
    lastId: () => lastId(hub, query, asker),
  });
  for await (const batch of batches) for (const record of batch.records) yield rowOf(record, fields, zone);
}

function rowOf(record: WireRecord, fields: FieldNames, zone: Zone): ReconcileRow {
  const closedAt = instantOf(value(record, "closedate") ?? "");
  return {
    id: record.id,
    pipelineId: value(record, "pipeline") ?? "none",
    closeDay: closedAt === null ? null : zone.dayOf(closedAt),
    outcome: outcomeOf(value(record, "hs_is_closed"), value(record, "hs_is_closed_won")) ?? "open",
    amountRaw: value(record, fields.amount),
    currency: value(record, "deal_currency_code"),
    updatedAt: instantOf(value(record, MODIFIED) ?? ""),
  };
}
