import type { Config } from "#config/schema.ts";
import type { Clock } from "#core/clock.ts";
import type { Organization } from "#core/organization.ts";
import { metricOf } from "./registry.ts";
import type { QueryContext } from "./request.ts";

/** The rules under which questions about KPIs are answered in a configured installation. */
export function metricsContext(app: { readonly config: Config; readonly organization: Organization; readonly clock: Clock }): QueryContext {
  const { config, organization, clock } = app;
  const dimensions = Object.values(config.fields).flatMap((fields) => Object.keys(fields.dimensions));
  // A KPI of that name there is, or the error names the nearest.
  for (const key of config.metrics.enabled ?? []) metricOf(key);
  return {
    ...{ organization, clock, peopleLevel: config.people.level, scope: config.scope, dimensions: [...new Set(dimensions)].sort() },
    ...(config.metrics.enabled === undefined ? {} : { enabled: config.metrics.enabled }),
  };
}
