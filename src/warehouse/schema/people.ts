import type { CrmRow } from "./common.ts";

/** A real person, made from the users of all connections and people.csv; `person_id` is the lower-cased e-mail, else `connection:id`. */
export interface PeopleTable {
  person_id: string;
  email: string | null;
  name: string | null;
  role: string | null;
  segment: string | null;
  region: string | null;
  territory: string | null;
  team: string | null;
  manager_id: string | null;
  language: string | null;
  time_zone: string | null;
  started_on: string | null;
  ended_on: string | null;
  is_active: number;
  first_seen_at: string;
  changed_seen_at: string;
}

export interface CrmUsersTable extends CrmRow {
  person_id: string | null;
  name: string | null;
  email: string | null;
  manager_source_id: string | null;
  manager_name: string | null;
  team_name: string | null;
  region: string | null;
  territory: string | null;
  role: string | null;
  active: number;
  is_person: number;
  started_on: string | null;
  ended_on: string | null;
  /** JSON array. */
  other_ids: string;
}

/** Who managed whom, from–to; the present one has no end. */
export interface ManagerHistoryTable {
  person_id: string;
  manager_id: string | null;
  valid_from: string;
  valid_to: string | null;
}

export interface TeamsTable extends CrmRow {
  name: string;
  parent_id: string | null;
}

/** Team, region and territory of a person, from–to (R13: membership valid at the moment). */
export interface TeamMembersTable {
  person_id: string;
  kind: string;
  /** Name of the team, region or territory. */
  value: string;
  valid_from: string;
  valid_to: string | null;
}

/** Team memberships as the CRM lists them. */
export interface CrmMembershipsTable extends CrmRow {
  team_id: string;
  user_id: string;
  is_primary: number;
}
