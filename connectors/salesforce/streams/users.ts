import type { Stream, StreamContext } from "#core/connector.ts";
import type { Change } from "#core/records.ts";
import { mapRows, ownId, type Row, reference, textOf } from "../decode.ts";
import { crmUser, queueUser } from "../map.ts";
import { compare, longId, text } from "../soql.ts";
import type { StreamDeps } from "./incremental.ts";
import { rowsOf, snapshotStream } from "./snapshot.ts";

const USER_FIELDS = ["Name", "Email", "Title", "IsActive", "UserType", "ManagerId", "UserRoleId", "Department", "Division"];
const ROLE_FIELDS = ["Name", "ParentRoleId"];
const QUEUE_FIELDS = ["Name", "Email"];

/** Users with their managers, roles as teams with who is in them, and queues, which own records but are nobody. Users are never deleted
 *  in Salesforce, only switched off. Their time stamp moves with each login, so it is left out and all are read. */
export function usersStream(deps: StreamDeps): Stream {
  return snapshotStream({
    name: "users",
    emits: ["user", "team", "membership"],
    read: async (context) => {
      const users = await rowsOf(deps, { object: "User", fields: USER_FIELDS, orderBy: ["Id"] }, context);
      if (users === null) return null;
      const { userId } = await deps.client.identity(context);
      const ourselves = userId === null ? null : longId(userId);
      const roles = (await rowsOf(deps, { object: "UserRole", fields: ROLE_FIELDS, orderBy: ["Id"] }, context)) ?? [];
      const queues = await queuesOf(deps, context);
      const parts = [
        mapRows("team", roles, teamChange),
        mapRows("user", users, (row) => [{ type: "user", op: "upsert", record: crmUser(row, ourselves) }]),
        mapRows("user", queues, (row) => [{ type: "user", op: "upsert", record: queueUser(row) }]),
        mapRows("membership", users, membershipChange),
      ];
      return {
        changes: parts.flatMap((part) => part.changes),
        rejects: parts.flatMap((part) => part.rejects),
        received: users.length + roles.length + queues.length,
      };
    },
  });
}

async function queuesOf(deps: StreamDeps, context: StreamContext): Promise<readonly Row[]> {
  const where = [compare("Type", "=", text("Queue"))];
  return (await rowsOf(deps, { object: "Group", fields: QUEUE_FIELDS, where, orderBy: ["Id"] }, context)) ?? [];
}

function teamChange(row: Row): readonly Change[] {
  const id = ownId(row);
  return [
    {
      type: "team",
      op: "upsert",
      record: { id, sourceUpdatedAt: null, name: textOf(row, "Name") ?? id, parentId: reference(row, "ParentRoleId") },
    },
  ];
}

function membershipChange(row: Row): readonly Change[] {
  const userId = ownId(row);
  const teamId = reference(row, "UserRoleId");
  const id = `${userId}:role`;
  if (teamId === null) return [{ type: "membership", op: "delete", id }];
  return [{ type: "membership", op: "upsert", record: { id, teamId, userId, isPrimary: true } }];
}
