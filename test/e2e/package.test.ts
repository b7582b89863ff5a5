import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folder, runScorekeeper } from "../support/cli.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = "organization: {name: A, timeZone: UTC, currency: EUR}\npeople: {level: team}\n";
const directory = folder({ "scorekeeper.yaml": config });
const installed = join(directory, "node_modules/scorekeeper");
const main = join(installed, "dist/src/main.js");

/** Installs the tarball the way npm lays it out, with the dependencies of this checkout instead of a registry's. */
beforeAll(() => {
  const [packed]: { filename: string }[] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", directory], { cwd: root }).toString(),
  );
  execFileSync("tar", ["-xzf", join(directory, packed!.filename), "-C", directory]);
  mkdirSync(join(directory, "node_modules"));
  renameSync(join(directory, "package"), installed);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".") || name === "scorekeeper") continue;
    symlinkSync(join(root, "node_modules", name), join(directory, "node_modules", name));
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the packed program shows its help", async () => {
  const { code, stdout } = await runScorekeeper(["--help"], { cwd: directory, main });
  expect(code).toBe(0);
  expect(stdout).toContain("config");
});

test("the packed program checks a configuration", async () => {
  const { code, stdout } = await runScorekeeper(["config", "check", "--json"], { cwd: directory, main });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: "scorekeeper.config-check/1", connections: [] });
});

test("what init writes names the packed schema", async () => {
  const { code } = await runScorekeeper(["init", "--yes", "--people", "team", "--config", "b/scorekeeper.yaml"], { cwd: directory, main });
  expect(code).toBe(0);
  const [, schema] = /\$schema=(.*)\n/.exec(readFileSync(join(directory, "b/scorekeeper.yaml"), "utf8")) ?? [];
  expect(JSON.parse(readFileSync(schema!, "utf8"))).toHaveProperty("properties.organization");
});

test("the package holds what it needs and nothing else", () => {
  const paths = readdirSync(installed, { recursive: true }).map(String);
  expect(paths.some((path) => path.endsWith(".ts"))).toBe(false);
  expect(paths).toEqual(expect.arrayContaining(["dist/config/schema.json", "package.json", "README.md", "CHANGELOG.md"]));
  expect(paths.filter((path) => /(^|\/)(test|src\/dev|node_modules|\.env)(\/|$)/.test(path))).toEqual([]);
});
