import type { Budget } from "#core/connector.ts";

/** A share that is never used up: for checks before a warehouse is open, and for tests. */
export const unlimitedBudget: Budget = { spend: async () => {}, observe: () => {} };
