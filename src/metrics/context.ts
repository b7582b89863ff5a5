import type { Config } from "#config/schema.ts";
import type { Clock } from "#core/clock.ts";
import type { Organization } from "#core/organization.ts";
import type { QueryContext } from "./request.ts";

/** The rules under which questions about KPIs are answered in a configured installation. */
export function metricsContext(app: { readonly config: Config; readonly organization: Organization; readonly clock: Clock }): QueryContext {
  const { config, organization, clock } = app;
  const dimensions = Object.values(config.fields).flatMap((fields) => Object.keys(fields.dimensions));
  return { organization, clock, peopleLevel: config.people.level, scope: config.scope, dimensions: [...new Set(dimensions)].sort() };
}
