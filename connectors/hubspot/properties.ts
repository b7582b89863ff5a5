import type { FieldNames } from "./config.ts";

/** Our own properties begin with this; they are never asked for by a stream (law 5). */
export const OWN_PREFIX = "scorekeeper_";

/** What is asked of one kind of object. Names HubSpot does not know are silently left out of its answer. */
export interface ObjectQuery {
  /** Name in paths. */
  readonly object: string;
  /** Moves with every change of a record: filter of the increments. */
  readonly modified: string;
  readonly properties: readonly string[];
  readonly history: readonly string[];
  /** Objects whose links come along. */
  readonly linked: readonly string[];
}

const MODIFIED = "hs_lastmodifieddate";

export function dealQuery(fields: FieldNames): ObjectQuery {
  const dimensions = Object.values(fields.dimensions);
  const history = ["dealstage", "pipeline", fields.amount, "deal_currency_code", "closedate", "hubspot_owner_id"];
  return {
    object: "deals",
    modified: MODIFIED,
    properties: unique([
      ...history,
      "dealname",
      "createdate",
      "hs_is_closed",
      "hs_is_closed_won",
      "hs_deal_stage_probability",
      "hs_manual_forecast_category",
      "hs_merged_object_ids",
      MODIFIED,
      fields.source,
      fields.nextStep,
      fields.lossReason,
      fields.segment,
      fields.territory,
      fields.product,
      ...dimensions,
    ]),
    history: unique([...history, "hs_manual_forecast_category", fields.nextStep, ...dimensions]),
    linked: ["companies", "contacts"],
  };
}

export const COMPANY_QUERY: ObjectQuery = {
  object: "companies",
  modified: MODIFIED,
  properties: ["name", "industry", "state", "country", "hs_parent_company_id", "hubspot_owner_id", "hs_merged_object_ids", MODIFIED],
  history: [],
  linked: [],
};

export const CONTACT_QUERY: ObjectQuery = {
  object: "contacts",
  // For contacts the other name exists too, but filters by it find nothing.
  modified: "lastmodifieddate",
  properties: [
    "firstname",
    "lastname",
    "email",
    "associatedcompanyid",
    "hubspot_owner_id",
    "lifecyclestage",
    "hs_merged_object_ids",
    "hs_calculated_merged_vids",
    "lastmodifieddate",
  ],
  history: ["lifecyclestage"],
  linked: [],
};

const ACTIVITY = ["hs_timestamp", "hubspot_owner_id", "hs_createdate", MODIFIED];
const LINKED = ["deals", "contacts", "companies"];

export type ActivityObject = "calls" | "emails" | "meetings" | "tasks" | "notes";

const ACTIVITY_PROPERTIES: Readonly<Record<ActivityObject, readonly string[]>> = {
  calls: ["hs_call_direction", "hs_call_duration", "hs_call_status", "hs_call_disposition", "hs_activity_type", "hs_call_source"],
  // Metadata only; the subject tells automatic replies from people's and is not kept.
  emails: ["hs_email_direction", "hs_email_status", "hs_email_subject", "hs_email_thread_id", "hs_email_message_id"],
  meetings: ["hs_meeting_outcome", "hs_meeting_start_time", "hs_meeting_end_time", "hs_activity_type", "hs_meeting_source"],
  tasks: ["hs_task_status", "hs_task_type", "hs_task_completion_date"],
  notes: [],
};

export function activityQuery(object: ActivityObject): ObjectQuery {
  return { object, modified: MODIFIED, properties: [...ACTIVITY, ...ACTIVITY_PROPERTIES[object]], history: [], linked: LINKED };
}

export const GOAL_QUERY: ObjectQuery = {
  object: "goal_targets",
  modified: MODIFIED,
  properties: [
    "hs_goal_name",
    "hs_goal_type",
    "hs_milestone",
    "hs_target_amount",
    "hs_goal_target_currency_code",
    "hs_start_datetime",
    "hs_end_datetime",
    "hubspot_owner_id",
    "hs_assignee_team_id",
    "hubspot_team_id",
    MODIFIED,
  ],
  history: [],
  linked: [],
};

function unique(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].filter((name) => !name.startsWith(OWN_PREFIX));
}
