import type { RecordType, RecordTypes } from "#core/records.ts";
import { activityLinkTable, activityTable } from "./activity.ts";
import { accountTable, contactTable, leadTable, lifecycleChangeTable } from "./customer.ts";
import { dealTable } from "./deal.ts";
import { dealChangeTable, stageEntryTable } from "./deal-log.ts";
import { dealContactTable, dealItemTable } from "./deal-parts.ts";
import type { RecordTable } from "./mapping.ts";
import { membershipTable, teamTable, userTable } from "./people.ts";
import { automationTable, exchangeRateTable, productTable, targetTable } from "./reference.ts";
import { pipelineTable, stageTable } from "./stages.ts";

/** How each record type is stored. */
export const RECORD_TABLES: { readonly [K in RecordType]: RecordTable<RecordTypes[K]> } = {
  pipeline: pipelineTable,
  stageVersion: stageTable,
  stageEntry: stageEntryTable,
  dealChange: dealChangeTable,
  deal: dealTable,
  dealItem: dealItemTable,
  dealContact: dealContactTable,
  activity: activityTable,
  activityLink: activityLinkTable,
  account: accountTable,
  contact: contactTable,
  lead: leadTable,
  lifecycleChange: lifecycleChangeTable,
  user: userTable,
  team: teamTable,
  membership: membershipTable,
  product: productTable,
  target: targetTable,
  automation: automationTable,
  exchangeRate: exchangeRateTable,
};
