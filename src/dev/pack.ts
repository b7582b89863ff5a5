import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Builds dist/ for the package: Node refuses .ts below node_modules, so what is shipped is compiled (docs/adr/0001). */
const root = fileURLToPath(new URL("../../", import.meta.url));
const at = (path: string): string => `${root}${path}`;

/** Read at run time through import.meta.url: they keep their place beside the compiled files. */
const ASSETS = ["config"];

rmSync(at("dist"), { recursive: true, force: true });
execFileSync(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", at("tsconfig.build.json")], { stdio: "inherit", cwd: root });
for (const asset of ASSETS) cpSync(at(asset), at(`dist/${asset}`), { recursive: true });
writeFileSync(at("dist/package.json"), `${JSON.stringify(distManifest(), null, 2)}\n`);

/** The package's own aliases, pointing at compiled files. */
function distManifest(): object {
  const manifest: { name: string; version: string; type: string; imports: Record<string, string> } = JSON.parse(
    readFileSync(at("package.json"), "utf8"),
  );
  const imports = Object.entries(manifest.imports).map(([alias, path]) => [alias, path.replace(/\.ts$/, ".js")] as const);
  return { name: manifest.name, version: manifest.version, type: manifest.type, imports: Object.fromEntries(imports) };
}
