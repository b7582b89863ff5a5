import { CRM_ERRORS } from "./error-catalogue/crm.ts";
import type { ErrorTexts } from "./error-catalogue/entry.ts";
import { FILE_ERRORS } from "./error-catalogue/files.ts";
import { HUBSPOT_ERRORS } from "./error-catalogue/hubspot.ts";
import { MAIL_ERRORS } from "./error-catalogue/mail.ts";
import { METRICS_ERRORS } from "./error-catalogue/metrics.ts";
import { PROGRAM_ERRORS } from "./error-catalogue/program.ts";
import { SALESFORCE_ERRORS } from "./error-catalogue/salesforce.ts";
import { SYNC_ERRORS } from "./error-catalogue/sync.ts";
import { WAREHOUSE_ERRORS } from "./error-catalogue/warehouse.ts";
import { WRITEBACK_ERRORS } from "./error-catalogue/writeback.ts";

/** Every code of the program, in the order of docs/errors.md: one line per area, whose file stands in error-catalogue/. */
export const ERROR_CATALOGUE: ErrorTexts = {
  ...PROGRAM_ERRORS,
  ...WAREHOUSE_ERRORS,
  ...SYNC_ERRORS,
  ...CRM_ERRORS,
  ...SALESFORCE_ERRORS,
  ...FILE_ERRORS,
  ...METRICS_ERRORS,
  ...MAIL_ERRORS,
  ...HUBSPOT_ERRORS,
  ...WRITEBACK_ERRORS,
};
