/** Stands in until the configuration's own schema lands. */
export type Config = Record<string, unknown>;
