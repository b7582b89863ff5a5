import { AppError } from "#core/errors.ts";
import type { Warehouse } from "./warehouse.ts";

/** Where a process is made to die, for the tests of law 1: just before the n-th commit, with its transaction open, or just after it. */
export interface Fault {
  readonly moment: "before" | "after";
  readonly commit: number;
}

/** Reads `commit:N` (die after the N-th commit) or `before-commit:N`; null when unset. Throws `config.fault` for anything else. */
export function parseFault(setting: string | undefined): Fault | null {
  if (setting === undefined || setting === "") return null;
  const parts = /^(before-)?commit:([1-9]\d{0,6})$/.exec(setting);
  if (parts === null) {
    throw new AppError({
      code: "config.fault",
      recovery: "configure",
      message: `SCOREKEEPER_FAULT is '${setting}'; expected commit:N or before-commit:N. It is for tests only: unset it.`,
    });
  }
  return { moment: parts[1] === undefined ? "after" : "before", commit: Number(parts[2]) };
}

/** The same warehouse, which calls `kill` at the chosen commit; `kill` MUST NOT return. */
export function withFault(warehouse: Warehouse, fault: Fault, kill: () => void): Warehouse {
  let commits = 0;
  return {
    read: (fn) => warehouse.read(fn),
    write: async (fn) => {
      const result = await warehouse.write(async (tx) => {
        const value = await fn(tx);
        commits++;
        if (fault.moment === "before" && commits === fault.commit) kill();
        return value;
      });
      if (fault.moment === "after" && commits === fault.commit) kill();
      return result;
    },
    close: () => warehouse.close(),
  };
}
