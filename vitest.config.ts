import { defineConfig } from "vitest/config";

/** One project per kind of test; what belongs where is described in docs/ARCHITECTURE.md. */
const project = (name: string, options: { timeoutMs?: number; serial?: boolean } = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeoutMs ?? 10_000,
    hookTimeout: options.timeoutMs ?? 10_000,
    fileParallelism: !options.serial,
  },
});

export default defineConfig({
  test: {
    setupFiles: ["test/support/setup.ts"],
    reporters: ["dot"],
    maxWorkers: 2,
    projects: [
      project("arch", { timeoutMs: 30_000 }),
      project("unit", { timeoutMs: 30_000 }),
      project("http", { timeoutMs: 30_000 }),
      project("db", { timeoutMs: 240_000 }),
      project("contract", { timeoutMs: 240_000 }),
      project("e2e", { timeoutMs: 300_000, serial: true }),
    ],
  },
});
