import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Without comments and string contents that could look like code. */
  readonly code: string;
  readonly imports: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s+["']([^"']+)["']|(?:^|\n)\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Every TypeScript file below the named top-level folders. */
export function sources(folders: readonly string[] = ["src", "connectors", "migrations"]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => read(join(entry.parentPath, entry.name))),
  );
}

function read(file: string): SourceFile {
  const text = readFileSync(file, "utf8");
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/[^\n]*/g, "$1");
  const imports = [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  return { path: relative(ROOT, file).replaceAll("\\", "/"), text, code, imports };
}

/** The file an import names, from the root; null for a package. */
export function target(file: SourceFile, specifier: string): string | null {
  if (specifier.startsWith(".")) return relative(ROOT, join(ROOT, file.path, "..", specifier)).replaceAll("\\", "/");
  if (!specifier.startsWith("#")) return null;
  const [alias = "", ...rest] = specifier.slice(1).split("/");
  const folder = alias === "connectors" || alias === "migrations" ? alias : `src/${alias}`;
  return [folder, ...rest].join("/");
}
