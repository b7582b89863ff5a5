import type { CrmUser, Membership, Team } from "#core/records.ts";
import type { CrmMembershipsTable, CrmUsersTable, TeamsTable } from "../schema/people.ts";
import { type Content, flag, type RecordTable } from "./mapping.ts";

/** Without `person_id`, which src/people settles. */
export const userTable: RecordTable<CrmUser> = {
  table: "crm_users",
  kind: "versioned",
  toRow: (user): Omit<Content<CrmUsersTable>, "person_id"> => ({
    name: user.name,
    email: user.email,
    manager_source_id: user.managerId,
    manager_name: user.managerName,
    team_name: user.teamName,
    region: user.region,
    territory: user.territory,
    role: user.role,
    active: flag(user.active),
    is_person: flag(user.isPerson),
    started_on: user.startedOn,
    ended_on: user.endedOn,
    other_ids: JSON.stringify(user.otherIds),
  }),
};

export const teamTable: RecordTable<Team> = {
  table: "teams",
  kind: "versioned",
  toRow: (team): Content<TeamsTable> => ({ name: team.name, parent_id: team.parentId }),
};

export const membershipTable: RecordTable<Membership> = {
  table: "crm_memberships",
  kind: "versioned",
  toRow: (membership): Content<CrmMembershipsTable> => ({
    team_id: membership.teamId,
    user_id: membership.userId,
    is_primary: flag(membership.isPrimary),
  }),
};
