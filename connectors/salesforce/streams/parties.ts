import type { Stream } from "#core/connector.ts";
import { zone } from "#core/time/zone.ts";
import {
  accountChanges,
  accountFields,
  CONTACT_FIELDS,
  CONTACT_ROLE_FIELDS,
  contactChanges,
  contactRoleChanges,
  LEAD_FIELDS,
  LINE_ITEM_FIELDS,
  leadChanges,
  lineItemChanges,
  PRODUCT_FIELDS,
  productChanges,
} from "../map-parties.ts";
import { incrementalStream, type StreamDeps } from "./incremental.ts";

/** Accounts, contacts, their roles in deals, leads, products and line items: one object to a stream, read as they change. */
export function partyStreams(deps: StreamDeps): readonly Stream[] {
  const { fields } = deps.settings;
  const place = zone(deps.organization.timeZone);
  return [
    incrementalStream(deps, {
      name: "accounts",
      emits: ["account"],
      source: { object: "Account", fields: accountFields(fields) },
      mapper: () => (row) => accountChanges(row, fields),
    }),
    incrementalStream(deps, {
      name: "contacts",
      emits: ["contact"],
      source: { object: "Contact", fields: CONTACT_FIELDS },
      mapper: () => contactChanges,
    }),
    incrementalStream(deps, {
      name: "contact-roles",
      emits: ["dealContact"],
      source: { object: "OpportunityContactRole", fields: CONTACT_ROLE_FIELDS },
      mapper: () => contactRoleChanges,
    }),
    incrementalStream(deps, {
      name: "leads",
      emits: ["lead"],
      source: { object: "Lead", fields: LEAD_FIELDS },
      mapper: () => (row) => leadChanges(row, place),
    }),
    incrementalStream(deps, {
      name: "products",
      emits: ["product"],
      source: { object: "Product2", fields: PRODUCT_FIELDS },
      mapper: () => productChanges,
    }),
    incrementalStream(deps, {
      name: "line-items",
      emits: ["dealItem"],
      source: { object: "OpportunityLineItem", fields: LINE_ITEM_FIELDS },
      mapper: () => lineItemChanges,
    }),
  ];
}
