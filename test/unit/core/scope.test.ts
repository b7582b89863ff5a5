import { expect, test } from "vitest";
import { inScope, type ScopeRules } from "#core/scope.ts";

const rules: ScopeRules = {
  pipelines: { exclude: ["hs:test"] },
  deals: { hs: { exclude: [{ property: "dealtype", in: ["partner", "internal"] }] } },
};
const deal = { connectionId: "hs", pipelineId: "default", dimensions: {} };

test.each([
  ["a deal without the property", deal, true],
  ["another value of the property", { ...deal, dimensions: { dealtype: "new" } }, true],
  ["an excluded value", { ...deal, dimensions: { dealtype: "partner" } }, false],
  ["an excluded pipeline", { ...deal, pipelineId: "test" }, false],
  ["a pipeline of the same name elsewhere", { ...deal, connectionId: "sf", pipelineId: "test" }, true],
] as const)("%s", (_name, candidate, expected) => expect(inScope(rules, candidate)).toBe(expected));

test("with a list of pipelines only those count", () => {
  const only: ScopeRules = { pipelines: { include: ["hs:default"], exclude: [] }, deals: {} };
  expect([inScope(only, deal), inScope(only, { ...deal, pipelineId: "other" })]).toEqual([true, false]);
});
