import { expect, test } from "vitest";
import { ERROR_CATALOGUE } from "#core/error-catalogue.ts";
import { sources } from "./sources.ts";

/** What follows `code:` up to the next field, and the codes in it: a choice between two is two codes. */
const FIELD = /\bcode: ([^,;\n]*)/g;
const CODE = /"([a-z][a-z_0-9]*(?:\.[a-z_0-9]+)*)"/g;

const used = sources(["src", "connectors"])
  .filter((file) => !file.path.includes("/emulator/") && !file.path.startsWith("src/sandbox/"))
  .flatMap((file) =>
    [...file.code.matchAll(FIELD)].flatMap(([, field = ""]) =>
      [...field.matchAll(CODE)].map(([, code = ""]) => ({ code, path: file.path })),
    ),
  );

test("the test sees codes", () => {
  expect(used.length).toBeGreaterThan(10);
});

test("every error code is catalogued: add it to a file in src/core/error-catalogue/, then npm run gen", () => {
  expect(used.filter(({ code }) => !Object.hasOwn(ERROR_CATALOGUE, code)).map(({ code, path }) => `${code} (${path})`)).toEqual([]);
});
