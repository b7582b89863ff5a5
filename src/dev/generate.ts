import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "#config/json-schema.ts";
import { connectors } from "#connectors/index.ts";
import { ERROR_CATALOGUE } from "#core/error-catalogue.ts";
import { METRICS } from "#metrics/registry.ts";
import { defaultConfig } from "./default-config.ts";
import { errorPage } from "./error-page.ts";
import { kpiPage } from "./kpi-page.ts";

/** Generated files by their path from the root: each is committed, and stale ones fail `npm run gen:check`. */
const FILES: Readonly<Record<string, () => string>> = {
  "config/schema.json": () => `${JSON.stringify(configJsonSchema(settingsByType()), null, 2)}\n`,
  "docs/kpis.md": () => kpiPage(METRICS),
  "docs/errors.md": () => errorPage(ERROR_CATALOGUE),
  "config/default.yaml": defaultConfig,
};

function settingsByType(): Parameters<typeof configJsonSchema>[0] {
  return Object.fromEntries(Object.entries(connectors).map(([type, definition]) => [type, definition.settings]));
}

const root = new URL("../../", import.meta.url);
const isCheck = process.argv.includes("--check");
const stale = Object.entries(FILES).filter(([path, make]) => {
  const file = fileURLToPath(new URL(path, root));
  const content = make();
  if (content === contentOf(file)) return false;
  if (isCheck) return true;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`wrote ${path}`);
  return false;
});
if (stale.length > 0) {
  console.error(`Stale: ${stale.map(([path]) => path).join(", ")}. Run: npm run gen`);
  process.exitCode = 1;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
