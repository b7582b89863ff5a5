import { canonicalJson } from "#core/json.ts";
import type { Deal } from "#core/records.ts";
import type { DealsTable } from "../schema/deals.ts";
import type { Content, RecordTable } from "./mapping.ts";
import { currencyOf, minorOf } from "./money.ts";

/** Columns that follow from stage entries, stages and configuration: settled after the record (settle-deals.ts). */
export const DERIVED_COLUMNS = ["outcome", "stage_entered_at", "stage_closed_at", "reopen_count", "born_closed", "merged_into"] as const;

export type DealContent = Omit<Content<DealsTable>, (typeof DERIVED_COLUMNS)[number]>;

export const dealTable: RecordTable<Deal> = {
  table: "deals",
  kind: "versioned",
  toRow: (deal, context): DealContent => {
    const currency = currencyOf(deal.currency, context.currency);
    return {
      name: deal.name,
      owner_id: deal.ownerId,
      account_id: deal.accountId,
      product_id: deal.productId,
      pipeline_id: deal.pipelineId,
      stage_id: deal.stageId,
      crm_outcome: deal.outcome,
      amount_raw: deal.amountRaw,
      currency,
      amount_minor: minorOf(deal.amountRaw, currency, "amount"),
      created_at: deal.createdAt,
      created_day: deal.createdAt === null ? null : context.dayOf(deal.createdAt),
      closed_at: deal.closedAt,
      close_day: deal.closeDay ?? (deal.closedAt === null ? null : context.dayOf(deal.closedAt)),
      forecast_category: deal.forecastCategory,
      probability: deal.probability,
      next_step: deal.nextStep,
      source: deal.source,
      segment: deal.segment,
      territory_id: deal.territoryId,
      loss_reason: deal.lossReason,
      dimensions: canonicalJson(deal.dimensions),
    };
  },
};
