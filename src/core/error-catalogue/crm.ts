import type { ErrorTexts } from "./entry.ts";

/** What all connections share. */
export const CRM_ERRORS: ErrorTexts = {
  "crm.deadline": {
    meaning: "The CRM did not answer in time.",
    cause: "The CRM or the network is slow.",
    remedy: "Nothing: it is tried again by itself. If it stays, look at the CRM's status page.",
  },
  "record.bad_field": {
    meaning: "A field of a CRM record holds something that its type does not allow.",
    cause: "A fault of the CRM or of a proxy that changes answers.",
    remedy: "Look at the record in the CRM; `errors list` shows its id and the field.",
  },
  "reconcile.unsupported": {
    meaning: "This connection can't list its own deals for comparison.",
    cause: "Files have no totals of their own.",
    remedy: "Reconcile a HubSpot or Salesforce connection.",
  },
  "sync.checkpoint": {
    meaning: "The place where a stream stopped was stored in a form this program does not know.",
    cause: "A newer version of the program ran before this one.",
    remedy: "Update the program, or read everything again with `sync --full`.",
  },
};
