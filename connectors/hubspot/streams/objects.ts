import { type MapContext, mapDeal } from "../map.ts";
import { activityPrefix, mapActivity } from "../map-activities.ts";
import { mapCompany, mapContact, mapGoal } from "../map-people.ts";
import { type ActivityObject, activityQuery, COMPANY_QUERY, CONTACT_QUERY, dealQuery, GOAL_QUERY } from "../properties.ts";
import type { ObjectSpec } from "./object-stream.ts";

export const ACTIVITY_OBJECTS: readonly ActivityObject[] = ["calls", "emails", "meetings", "tasks", "notes"];

/** Every kind of CRM record this connector reads, in the order in which it is worth having them. */
export function objectSpecs(context: MapContext, connectionId: string, currency: string): readonly ObjectSpec[] {
  return [
    {
      name: "deals",
      query: dealQuery(context.fields),
      type: "deal",
      emits: ["deal", "stageEntry", "dealChange", "dealContact"],
      map: (record, linksAreWhole) => mapDeal(record, context, linksAreWhole),
    },
    { name: "companies", query: COMPANY_QUERY, type: "account", emits: ["account"], map: mapCompany },
    { name: "contacts", query: CONTACT_QUERY, type: "contact", emits: ["contact", "lifecycleChange"], map: mapContact },
    ...ACTIVITY_OBJECTS.map(
      (object): ObjectSpec => ({
        name: object,
        query: activityQuery(object),
        type: "activity",
        emits: ["activity", "activityLink"],
        prefix: activityPrefix(object),
        map: (record, linksAreWhole) => mapActivity(object, record, linksAreWhole),
      }),
    ),
    {
      name: "goals",
      query: GOAL_QUERY,
      type: "target",
      emits: ["target"],
      map: (record) => mapGoal(record, connectionId, currency),
    },
  ];
}
