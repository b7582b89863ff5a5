import type { StartCrm } from "#sandbox/sandbox.ts";
import { hubspotCrm } from "./hubspot/emulator/index.ts";
import { salesforceCrm } from "./salesforce/emulator/crm.ts";

/** Every CRM that the sandbox can show the made-up company through: one line each. */
export const emulators: Readonly<Record<string, StartCrm>> = { hubspot: hubspotCrm, salesforce: salesforceCrm };
