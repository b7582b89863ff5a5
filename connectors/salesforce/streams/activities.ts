import type { Stream, StreamContext } from "#core/connector.ts";
import { zone } from "#core/time/zone.ts";
import { idsOf, ownId, type Row, reference } from "../decode.ts";
import {
  type ActivityContext,
  countsAsMail,
  EMAIL_FIELDS,
  EVENT_FIELDS,
  emailChanges,
  eventChanges,
  taskChanges,
  taskFields,
} from "../map-activities.ts";
import { readByIds } from "../window.ts";
import { incrementalStream, type StreamDeps } from "./incremental.ts";

/** Tasks (calls, e-mails, to-dos), events (meetings) and e-mail messages. Archived ones come too: closed activities leave the ordinary
 *  query after a year. */
export function activityStreams(deps: StreamDeps): readonly Stream[] {
  const { calls } = deps.settings;
  const place = zone(deps.organization.timeZone);
  const mapping = async (context: StreamContext): Promise<ActivityContext> => ({
    zone: place,
    calls,
    prefixes: await deps.schema.prefixes(context),
  });
  return [
    incrementalStream(deps, {
      name: "tasks",
      emits: ["activity", "activityLink"],
      source: { object: "Task", fields: taskFields(calls) },
      mapper: async (rows, context) => {
        const how = await mapping(context);
        const twins = await mailsWithRecord(deps, rows, context);
        return (row) => taskChanges(row, how, twins.has(ownId(row)));
      },
    }),
    incrementalStream(deps, {
      name: "events",
      emits: ["activity", "activityLink"],
      source: { object: "Event", fields: EVENT_FIELDS },
      mapper: async (_rows, context) => {
        const how = await mapping(context);
        return (row) => eventChanges(row, how);
      },
    }),
    incrementalStream(deps, {
      name: "emails",
      emits: ["activity", "activityLink"],
      source: { object: "EmailMessage", fields: EMAIL_FIELDS },
      mapper: async (_rows, context) => {
        const how = await mapping(context);
        return (row) => emailChanges(row, how);
      },
    }),
  ];
}

/** Of the e-mail tasks those whose mail has a record of its own: one mail sent with Enhanced Email is a task and an EmailMessage. */
async function mailsWithRecord(deps: StreamDeps, rows: readonly Row[], context: StreamContext): Promise<ReadonlySet<string>> {
  const ids = idsOf(rows.filter((row) => row["TaskSubtype"] === "Email"));
  if (ids.length === 0) return new Set();
  const wanted = { source: { object: "EmailMessage", fields: ["ActivityId", "Status", "IsDeleted"] }, key: "ActivityId", orderBy: ["Id"] };
  const twins = new Set<string>();
  for await (const row of readByIds(deps, wanted, ids, context)) {
    const id = reference(row, "ActivityId");
    if (id !== null && countsAsMail(row)) twins.add(id);
  }
  return twins;
}
