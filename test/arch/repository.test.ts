import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);

/** The fixed parts of the repository: whoever removes one has to say so here. */
const PARTS = [
  ...["README.md", "CHANGELOG.md", "package-lock.json", "tsconfig.build.json", "biome.json", "knip.json", ".gitattributes", ".ci/run"],
  ...["config/default.yaml", "config/example.yaml", "config/schema.json", "docs/ARCHITECTURE.md", "docs/GLOSSARY.md", "docs/errors.md"],
  ...["connectors/file/index.ts", "connectors/hubspot/index.ts", "connectors/salesforce/index.ts"],
  ...["src/main.ts", "src/compose.ts", "src/cli/verbs.ts", "src/dev/generate.ts", "src/dev/pack.ts"],
  ...["src/warehouse/lease.ts", "src/warehouse/runs.ts", "src/warehouse/apply.ts", "src/sandbox/export.ts", "src/sandbox/mailbox.ts"],
  ...["test/e2e/cli.test.ts", "test/e2e/package.test.ts", "test/db/lease.test.ts", "test/contract/file/export.test.ts"],
];

test("every fixed part of the repository is there", () => {
  expect(PARTS.filter((path) => !existsSync(fileURLToPath(new URL(path, ROOT))))).toEqual([]);
});
