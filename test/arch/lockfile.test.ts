import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const { packages } = read<{ packages: Readonly<Record<string, Locked>> }>("package-lock.json");
const manifest = read<Readonly<Record<string, Readonly<Record<string, string>>>>>("package.json");

test("the lock file names every platform's packages, or npm ci refuses it", () => {
  const missing = Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

test("it names no download address", () => {
  expect(Object.values(packages).filter((locked) => locked.resolved !== undefined)).toEqual([]);
});

test("every package is pinned to one version: npm under an older Node would pick older ones", () => {
  const wanted = ["dependencies", "optionalDependencies", "devDependencies"].flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  expect(wanted.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
});
