import type { Change, Lead } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { Zone } from "#core/time/zone.ts";
import type { SalesforceSettings } from "./config.ts";
import { dayOf, decimalOf, instantOf, isSet, numberOf, ownId, parentOf, type Row, reference, textOf } from "./decode.ts";

type FieldNames = SalesforceSettings["fields"];

export function accountFields(fields: FieldNames): readonly string[] {
  return ["Name", fields.sector, fields.region ?? "BillingCountry", "ParentId", "OwnerId", "MasterRecordId", "IsDeleted"];
}

export function accountChanges(row: Row, fields: FieldNames): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted")) return gone("account", row, id);
  const record = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name"),
    sector: textOf(row, fields.sector),
    region: textOf(row, fields.region ?? "BillingCountry"),
    parentId: reference(row, "ParentId"),
    ownerId: reference(row, "OwnerId"),
  };
  return [{ type: "account", op: "upsert", record }];
}

export const CONTACT_FIELDS = ["Name", "Email", "AccountId", "OwnerId", "MasterRecordId", "IsDeleted"];

export function contactChanges(row: Row): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted")) return gone("contact", row, id);
  const record = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name"),
    email: textOf(row, "Email"),
    accountId: reference(row, "AccountId"),
    ownerId: reference(row, "OwnerId"),
    lifecycleStage: null,
  };
  return [{ type: "contact", op: "upsert", record }];
}

export const LEAD_FIELDS = [
  ...["Name", "OwnerId", "LeadSource", "Status", "CreatedDate", "IsConverted", "ConvertedDate", "ConvertedOpportunityId"],
  ...["ConvertedOpportunity.CreatedDate", "MasterRecordId", "IsDeleted"],
];

export function leadChanges(row: Row, zone: Zone): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted")) return gone("lead", row, id);
  const createdAt = instantOf(row, "CreatedDate");
  const record: Lead = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name"),
    ownerId: reference(row, "OwnerId"),
    source: textOf(row, "LeadSource"),
    status: textOf(row, "Status"),
    createdAt,
    mqlAt: null,
    sqlAt: null,
    convertedAt: isSet(row, "IsConverted") ? convertedAt(row, createdAt, zone) : null,
    dealId: reference(row, "ConvertedOpportunityId"),
  };
  return [{ type: "lead", op: "upsert", record }];
}

/** Salesforce keeps the day only. A deal made by the conversion tells the moment; one that was there before does not. */
function convertedAt(row: Row, createdAt: Instant | null, zone: Zone): Instant | null {
  const day = dayOf(row, "ConvertedDate");
  if (day === null) return null;
  const dealAt = instantOf(parentOf(row, "ConvertedOpportunity"), "CreatedDate");
  if (dealAt !== null && zone.dayOf(dealAt) === day) return dealAt;
  const start = zone.startOf(day);
  return createdAt !== null && start < createdAt ? createdAt : start;
}

/** A merge leaves the loser deleted with the winner's id in it. */
function gone(type: "account" | "contact" | "lead", row: Row, id: string): readonly Change[] {
  const winner = reference(row, "MasterRecordId");
  return winner === null ? [{ type, op: "delete", id }] : [{ type, op: "merge", loser: id, winner }];
}

export const CONTACT_ROLE_FIELDS = ["OpportunityId", "ContactId", "Role", "IsPrimary", "IsDeleted"];

export function contactRoleChanges(row: Row): readonly Change[] {
  const id = ownId(row);
  const dealId = reference(row, "OpportunityId");
  const contactId = reference(row, "ContactId");
  if (isSet(row, "IsDeleted") || dealId === null || contactId === null) return [{ type: "dealContact", op: "delete", id }];
  const record = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    dealId,
    contactId,
    role: textOf(row, "Role"),
    isPrimary: isSet(row, "IsPrimary"),
  };
  return [{ type: "dealContact", op: "upsert", record }];
}

export const PRODUCT_FIELDS = ["Name", "Family", "CurrencyIsoCode", "IsDeleted"];

export function productChanges(row: Row): readonly Change[] {
  const id = ownId(row);
  if (isSet(row, "IsDeleted")) return [{ type: "product", op: "delete", id }];
  const record = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    name: textOf(row, "Name") ?? id,
    series: textOf(row, "Family"),
    // Prices live in price books, one per currency and list; a line item carries its own.
    amountRaw: null,
    currency: textOf(row, "CurrencyIsoCode"),
  };
  return [{ type: "product", op: "upsert", record }];
}

export const LINE_ITEM_FIELDS = ["OpportunityId", "Product2Id", "Quantity", "TotalPrice", "ListPrice", "CurrencyIsoCode", "IsDeleted"];

export function lineItemChanges(row: Row): readonly Change[] {
  const id = ownId(row);
  const dealId = reference(row, "OpportunityId");
  if (isSet(row, "IsDeleted") || dealId === null) return [{ type: "dealItem", op: "delete", id }];
  const record = {
    id,
    sourceUpdatedAt: instantOf(row, "SystemModstamp"),
    dealId,
    productId: reference(row, "Product2Id"),
    quantity: numberOf(row, "Quantity"),
    amountRaw: decimalOf(row, "TotalPrice"),
    currency: textOf(row, "CurrencyIsoCode"),
    listPriceRaw: decimalOf(row, "ListPrice"),
  };
  return [{ type: "dealItem", op: "upsert", record }];
}
