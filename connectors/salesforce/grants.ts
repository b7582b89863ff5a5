import { AppError } from "#core/errors.ts";
import type { CallContext, Client } from "./client.ts";
import { badAnswer, isRow, type Row } from "./decode.ts";
import { compare, recordId, soql, text } from "./soql.ts";

interface PermissionSet {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly edit: boolean;
}

const EDIT_SET: PermissionSet = {
  name: "Scorekeeper_Edit",
  label: "Scorekeeper: write results",
  description: "For the integration user only: reads and writes the fields that Scorekeeper fills.",
  edit: true,
};

const READ_SET: PermissionSet = {
  name: "Scorekeeper_Read",
  label: "Scorekeeper: see results",
  description: "For managers and reps: sees the fields that Scorekeeper fills.",
  edit: false,
};

/** Makes fields visible: an edit set, assigned to ourselves, and a read set that the administrator assigns to people. What is there is kept. */
export async function grantFields(client: Client, object: string, fields: readonly string[], context: CallContext): Promise<void> {
  const { userId } = await client.identity(context);
  for (const set of [EDIT_SET, READ_SET]) {
    const setId = await ensureSet(client, set, context);
    await ensureFieldPermissions(client, { setId, object, fields, edit: set.edit }, context);
    if (set.edit && userId !== null) await ensureAssigned(client, setId, userId, context);
  }
}

async function ensureSet(client: Client, set: PermissionSet, context: CallContext): Promise<string> {
  const where = [compare("Name", "=", text(set.name))];
  const found = await client.query("permission_set.find", soql({ object: "PermissionSet", fields: ["Id"], where }), context);
  const id = found.records[0]?.["Id"];
  if (typeof id === "string") return id;
  return await create(client, "PermissionSet", { Name: set.name, Label: set.label, Description: set.description }, context);
}

interface Wanted {
  readonly setId: string;
  readonly object: string;
  readonly fields: readonly string[];
  readonly edit: boolean;
}

async function ensureFieldPermissions(client: Client, wanted: Wanted, context: CallContext): Promise<void> {
  const where = [compare("ParentId", "=", recordId(wanted.setId)), compare("SobjectType", "=", text(wanted.object))];
  const query = soql({ object: "FieldPermissions", fields: ["Id", "Field", "PermissionsRead", "PermissionsEdit"], where });
  const there = new Map((await client.query("field_permission.find", query, context)).records.map((row) => [String(row["Field"]), row]));
  const rights = { PermissionsRead: true, PermissionsEdit: wanted.edit };
  for (const field of wanted.fields.map((name) => `${wanted.object}.${name}`)) {
    const found = there.get(field);
    if (found === undefined) {
      await create(client, "FieldPermissions", { ParentId: wanted.setId, SobjectType: wanted.object, Field: field, ...rights }, context);
    } else if (isLess(found, wanted.edit)) {
      const path = `/sobjects/FieldPermissions/${String(found["Id"])}`;
      await client.request({ name: "field_permission.update", method: "PATCH", path, body: rights }, context, () => null);
    }
  }
}

function isLess(found: Row, edit: boolean): boolean {
  return found["PermissionsRead"] !== true || (edit && found["PermissionsEdit"] !== true);
}

async function ensureAssigned(client: Client, setId: string, userId: string, context: CallContext): Promise<void> {
  const where = [compare("AssigneeId", "=", recordId(userId)), compare("PermissionSetId", "=", recordId(setId))];
  const query = soql({ object: "PermissionSetAssignment", fields: ["Id"], where });
  if ((await client.query("assignment.find", query, context)).records.length > 0) return;
  await create(client, "PermissionSetAssignment", { AssigneeId: userId, PermissionSetId: setId }, context);
}

async function create(client: Client, object: string, body: Record<string, string | boolean>, context: CallContext): Promise<string> {
  const request = { name: "grant.create", method: "POST", path: `/sobjects/${object}`, body, repeatable: false } as const;
  return await client.request(request, context, (answer) => {
    if (!isRow(answer)) throw badAnswer("the id of what was created");
    if (answer["success"] === false || typeof answer["id"] !== "string") throw refused(object);
    return answer["id"];
  });
}

function refused(object: string): AppError {
  return new AppError({
    code: "salesforce.no_access",
    recovery: "configure",
    message: `Salesforce did not create a ${object}.`,
    details: { object },
  });
}
