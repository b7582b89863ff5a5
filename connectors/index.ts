import type { ConnectorDefinition } from "#core/connector.ts";
import { file } from "./file/index.ts";
import { hubspot } from "./hubspot/index.ts";
import { salesforce } from "./salesforce/index.ts";

/** The registry: one line per CRM; a connection's `type` is the key. */
export const connectors: Readonly<Record<string, ConnectorDefinition<unknown>>> = { file, hubspot, salesforce };
