import type { ReconcileRow } from "#core/connector.ts";
import type { CallContext } from "./client.ts";
import { dayOf, decimalOf, instantOf, ownId, type Row, reference, textOf } from "./decode.ts";
import { outcomeOf, pipelineOf } from "./map.ts";
import { requiredObject } from "./schema.ts";
import { soql } from "./soql.ts";
import { allRows, type ReadDeps } from "./window.ts";

/** Every opportunity that is not deleted, as Salesforce itself reports it at this moment. */
export async function* reconcileRows(deps: ReadDeps, context: CallContext): AsyncGenerator<ReconcileRow> {
  const object = await requiredObject(deps.schema, "Opportunity", context);
  const { amount } = deps.settings.fields;
  const wanted = ["RecordTypeId", "CloseDate", "IsClosed", "IsWon", amount, "CurrencyIsoCode", "SystemModstamp"];
  const fields = ["Id", ...deps.schema.readable(object, wanted)];
  for await (const row of allRows(deps, "Opportunity.reconcile", soql({ object: "Opportunity", fields, orderBy: ["Id"] }), context)) {
    yield reconcileRow(row, amount);
  }
}

function reconcileRow(row: Row, amount: string): ReconcileRow {
  return {
    id: ownId(row),
    pipelineId: pipelineOf(reference(row, "RecordTypeId")),
    closeDay: dayOf(row, "CloseDate"),
    outcome: outcomeOf(row),
    amountRaw: decimalOf(row, amount),
    currency: textOf(row, "CurrencyIsoCode"),
    updatedAt: instantOf(row, "SystemModstamp"),
  };
}
