import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { apiName, metadataOf } from "#connectors/salesforce/fields.ts";
import { translator } from "#i18n/translate.ts";
import { DEAL_FIELD_NAMES, dealFields } from "#writeback/fields.ts";

const ROOT = fileURLToPath(new URL("../../../connectors/salesforce/package/", import.meta.url));
const SOURCE = `${ROOT}force-app/main/default/`;
const read = (path: string): string => readFileSync(`${SOURCE}${path}`, "utf8");
const names = (folder: string, suffix: string): string[] =>
  readdirSync(`${SOURCE}${folder}`)
    .map((file) => file.slice(0, -suffix.length))
    .sort();
const values = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map((match) => match[1] ?? "");

const specs = dealFields(DEAL_FIELD_NAMES, translator("en", "Europe/Warsaw")).map(({ spec }) => spec);
const fieldNames = names("objects/Opportunity/fields", ".field-meta.xml");

test("the package holds exactly the fields that provisioning makes, with the same properties", () => {
  expect(fieldNames).toEqual(specs.map(({ name }) => apiName(name)).sort());
  for (const spec of specs) {
    const xml = read(`objects/Opportunity/fields/${apiName(spec.name)}.field-meta.xml`);
    for (const [key, value] of Object.entries(metadataOf(spec)))
      expect({ field: spec.name, key, value: values(xml, key) }).toEqual({ field: spec.name, key, value: [String(value)] });
  }
});

test.each([
  ["Scorekeeper_Edit", "true"],
  ["Scorekeeper_Read", "false"],
])("%s grants every field, editable: %s", (set, editable) => {
  const xml = read(`permissionsets/${set}.permissionset-meta.xml`);
  expect(values(xml, "field")).toEqual(fieldNames.map((name) => `Opportunity.${name}`));
  expect(new Set(values(xml, "editable"))).toEqual(new Set([editable]));
  expect(new Set(values(xml, "readable"))).toEqual(new Set(["true"]));
});

test("only the integration user's set holds the bypass", () => {
  expect(names("customPermissions", ".customPermission-meta.xml")).toEqual(["Scorekeeper_Bypass"]);
  expect(read("permissionsets/Scorekeeper_Edit.permissionset-meta.xml")).toContain("Scorekeeper_Bypass");
  expect(read("permissionsets/Scorekeeper_Read.permissionset-meta.xml")).not.toContain("Scorekeeper_Bypass");
});

test("the manifest names all of it", () => {
  const manifest = readFileSync(`${ROOT}manifest/package.xml`, "utf8");
  const expected = [...fieldNames.map((name) => `Opportunity.${name}`), "Scorekeeper_Bypass", "Scorekeeper_Edit", "Scorekeeper_Read"];
  expect(values(manifest, "members").sort()).toEqual(expected.sort());
});
