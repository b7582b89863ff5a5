import type { DealContact, DealItem } from "#core/records.ts";
import type { DealContactsTable, DealItemsTable } from "../schema/deals.ts";
import { type Content, flag, type RecordTable } from "./mapping.ts";
import { currencyOf, minorOf } from "./money.ts";

export const dealItemTable: RecordTable<DealItem> = {
  table: "deal_items",
  kind: "versioned",
  toRow: (item, context): Content<DealItemsTable> => {
    const currency = currencyOf(item.currency, context.currency);
    return {
      deal_id: item.dealId,
      product_id: item.productId,
      quantity: item.quantity,
      amount_raw: item.amountRaw,
      currency,
      amount_minor: minorOf(item.amountRaw, currency, "amount"),
      list_price_raw: item.listPriceRaw,
      list_price_minor: minorOf(item.listPriceRaw, currency, "list price"),
    };
  },
};

export const dealContactTable: RecordTable<DealContact> = {
  table: "deal_contacts",
  kind: "versioned",
  toRow: (contact): Content<DealContactsTable> => ({
    deal_id: contact.dealId,
    contact_id: contact.contactId,
    role: contact.role,
    is_primary: flag(contact.isPrimary),
  }),
};
