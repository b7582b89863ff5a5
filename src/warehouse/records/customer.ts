import type { Account, Contact, Lead, LifecycleChange } from "#core/records.ts";
import type { AccountsTable, ContactsTable, LeadsTable } from "../schema/records.ts";
import type { Content, RecordTable } from "./mapping.ts";

export const accountTable: RecordTable<Account> = {
  table: "accounts",
  kind: "versioned",
  toRow: (account): Content<AccountsTable> => ({
    name: account.name,
    sector: account.sector,
    region: account.region,
    parent_id: account.parentId,
    owner_id: account.ownerId,
  }),
};

export const contactTable: RecordTable<Contact> = {
  table: "contacts",
  kind: "versioned",
  toRow: (contact): Content<ContactsTable> => ({
    name: contact.name,
    email: contact.email,
    account_id: contact.accountId,
    owner_id: contact.ownerId,
    lifecycle_stage: contact.lifecycleStage,
  }),
};

export const leadTable: RecordTable<Lead> = {
  table: "leads",
  kind: "versioned",
  toRow: (lead, context): Content<LeadsTable> => ({
    name: lead.name,
    owner_id: lead.ownerId,
    source: lead.source,
    status: lead.status,
    created_at: lead.createdAt,
    created_day: lead.createdAt === null ? null : context.dayOf(lead.createdAt),
    mql_at: lead.mqlAt,
    sql_at: lead.sqlAt,
    converted_at: lead.convertedAt,
    deal_id: lead.dealId,
  }),
};

export const lifecycleChangeTable: RecordTable<LifecycleChange> = {
  table: "lifecycle_history",
  kind: "log",
  toRow: (change) => ({ contact_id: change.contactId, stage: change.stage, changed_at: change.changedAt }),
};
