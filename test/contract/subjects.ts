import { fileSubject } from "./file/subject.ts";
import type { ContractSubject } from "./harness.ts";
import { hubspotSubject } from "./hubspot/subject.ts";
import { salesforceSubject } from "./salesforce/subject.ts";

/** One line per connector of the registry; the suite fails when one is missing. */
export const subjects: readonly ContractSubject[] = [fileSubject, hubspotSubject, salesforceSubject];
