import type { ConnectorDefinition } from "#core/connector.ts";

/** The registry: one line per CRM; a connection's `type` is the key. */
export const connectors: Readonly<Record<string, ConnectorDefinition<never>>> = {};
