import { builtinModules } from "node:module";
import { expect, test } from "vitest";
import { BANNED, FLOORS, PACKAGE_HOMES, SAME_FLOOR } from "./floors.ts";
import { type SourceFile, sources, target } from "./sources.ts";

const files = sources();
const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder.replace(/\/$/, "")}/`);
const folderOf = (path: string): string | undefined => Object.keys(FLOORS).find((folder) => under(path, folder));

test("the tests below see the sources", () => {
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(20);
});

test("every source file stands on a floor", () => {
  expect(files.filter((file) => folderOf(file.path) === undefined).map((file) => file.path)).toEqual([]);
});

test("imports go down only (law 8)", () => {
  const wrong = files.flatMap((file) =>
    file.imports.flatMap((specifier) => {
      const to = target(file, specifier);
      return to !== null && !mayImport(file.path, to) ? [`${file.path} → ${to}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

function mayImport(from: string, to: string): boolean {
  const home = folderOf(from);
  const destination = folderOf(to);
  if (home === undefined || destination === undefined) return false;
  if (home === "connectors") return connectorMayImport(from, to);
  if (destination === "connectors") return home === "src/compose.ts" || home === "src/dev";
  if (home === destination) return true;
  const down = (FLOORS[destination] ?? 9) < (FLOORS[home] ?? 0);
  const isOperating = home === "src/migrations" || destination === "migrations";
  if (isOperating) return home === "src/warehouse" || home === "src/dev";
  return down || SAME_FLOOR.some(([a, b]) => a === home && b === destination);
}

/** A connector knows #core and #kit and itself; its emulator #core, #sandbox and itself, never the connector beside it. */
function connectorMayImport(from: string, to: string): boolean {
  const [, crm = "", part = ""] = from.split("/");
  if (from === "connectors/emulators.ts") return /^connectors\/\w+\/emulator\//.test(to) || under(to, "src/sandbox");
  if (from === "connectors/index.ts") return under(to, "connectors") || under(to, "src/core");
  const isEmulator = part === "emulator";
  const own = isEmulator ? `connectors/${crm}/emulator` : `connectors/${crm}`;
  if (under(to, own)) return isEmulator || !under(to, `connectors/${crm}/emulator`);
  return under(to, "src/core") || under(to, isEmulator ? "src/sandbox" : "src/kit");
}

test("sideways and relative crossings use the floor's alias", () => {
  const wrong = files.flatMap((file) =>
    file.imports
      .filter((specifier) => specifier.startsWith("."))
      .filter(
        (specifier) => folderOf(target(file, specifier) ?? "") !== folderOf(file.path) && !file.path.match(/^src\/(compose|main)\.ts$/),
      )
      .map((specifier) => `${file.path}: ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test("each package has one home", () => {
  const builtin = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
  const wrong = files.flatMap((file) =>
    file.imports.flatMap((specifier) => {
      if (target(file, specifier) !== null || builtin.has(specifier) || specifier.startsWith("node:")) return [];
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      const homes = PACKAGE_HOMES[name] ?? [];
      return homes.some((home) => under(file.path, home)) ? [] : [`${file.path} imports ${name}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test.each(BANNED.map((ban) => [String(ban.pattern), ban] as const))("%s only where allowed (law 6)", (_name, ban) => {
  const isAllowed = (file: SourceFile): boolean => ban.allowed.some((path) => under(file.path, path));
  expect(files.filter((file) => !isAllowed(file) && ban.pattern.test(file.code)).map((file) => `${file.path}: ${ban.why}`)).toEqual([]);
  expect(ban.allowed.length).toBeGreaterThan(0);
});

test("no file is longer than 400 lines", () => {
  const all = [...files, ...sources(["test"])];
  expect(all.filter((file) => file.text.split("\n").length > 401).map((file) => file.path)).toEqual([]);
});
