import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkText } from "#config/check.ts";
import { connectors } from "#connectors/index.ts";

const types = Object.fromEntries(Object.entries(connectors).map(([type, definition]) => [type, definition.settings]));
const env = { HUBSPOT_TOKEN: "made-up-1", SF_ID: "made-up-2", SF_SECRET: "made-up-3", SMTP_PASSWORD: "made-up-4" };

test.each(["config/example.yaml", "config/default.yaml"])("%s is a configuration the program takes", (file) => {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const { config } = checkText({ file, text, types, lookup: { env, envFile: new Map(), readFile: () => null } });
  expect(config.organization.name).toBe("Acme");
});

test("a wrong name under fields of a CRM is told with its line", () => {
  const text = `organization: {name: A, timeZone: UTC, currency: EUR}
people: {level: team}
connections: [{id: hs, type: hubspot, auth: {kind: token, token: "\${HUBSPOT_TOKEN}"}}]
fields: {hs: {segmnt: customer_segment}}
`;
  const check = () => checkText({ file: "a.yaml", text, types, lookup: { env, envFile: new Map(), readFile: () => null } });
  expect(check).toThrow("a.yaml:4:15 fields.hs.segmnt: unknown key; did you mean 'segment'?");
});
