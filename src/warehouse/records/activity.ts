import type { Activity, ActivityLink } from "#core/records.ts";
import type { ActivitiesTable } from "../schema/records.ts";
import { type Content, flag, type RecordTable } from "./mapping.ts";

export const activityTable: RecordTable<Activity> = {
  table: "activities",
  kind: "versioned",
  toRow: (activity, context): Content<ActivitiesTable> => ({
    kind: activity.kind,
    direction: activity.direction,
    owner_id: activity.ownerId,
    occurred_at: activity.occurredAt,
    occurred_day: activity.occurredAt === null ? null : context.dayOf(activity.occurredAt),
    logged_at: activity.loggedAt,
    state: activity.state,
    minutes: activity.minutes,
    outcome: activity.outcome,
    category: activity.category,
    automated: flag(activity.automated),
    external_id: activity.externalId,
    thread_id: activity.threadId,
  }),
};

export const activityLinkTable: RecordTable<ActivityLink> = {
  table: "activity_links",
  kind: "log",
  toRow: (link) => ({ activity_id: link.activityId, to_type: link.toType, to_id: link.toId }),
};
