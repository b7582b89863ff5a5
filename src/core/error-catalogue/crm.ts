import type { ErrorTexts } from "./entry.ts";

/** What all connections share. */
export const CRM_ERRORS: ErrorTexts = {
  "crm.deadline": {
    meaning: "The CRM did not answer in time.",
    cause: "The CRM or the network is slow.",
    remedy: "Nothing: it is tried again by itself. If it stays, look at the CRM's status page.",
  },
  "reconcile.unsupported": {
    meaning: "This connection can't list its own deals for comparison.",
    cause: "Files have no totals of their own.",
    remedy: "Reconcile a HubSpot or Salesforce connection.",
  },
};
