import type { JsonObject } from "./json.ts";

/** What belongs to sales at all, as configured. */
export interface ScopeRules {
  readonly pipelines: { readonly include?: readonly string[] | undefined; readonly exclude: readonly string[] };
  /** By connection: deals with one of these values in this property don't count. */
  readonly deals: Readonly<Record<string, { readonly exclude: readonly { readonly property: string; readonly in: readonly string[] }[] }>>;
}

export interface ScopedDeal {
  readonly connectionId: string;
  readonly pipelineId: string;
  readonly dimensions: JsonObject;
}

/** Whether a deal takes part: its pipeline is not left out, and no excluded value is on it. */
export function inScope(rules: ScopeRules, deal: ScopedDeal): boolean {
  const pipeline = `${deal.connectionId}:${deal.pipelineId}`;
  if (rules.pipelines.include !== undefined && !rules.pipelines.include.includes(pipeline)) return false;
  if (rules.pipelines.exclude.includes(pipeline)) return false;
  const excluded = rules.deals[deal.connectionId]?.exclude ?? [];
  return !excluded.some((rule) => rule.in.includes(String(deal.dimensions[rule.property] ?? "")));
}
