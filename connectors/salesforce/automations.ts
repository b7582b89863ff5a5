import type { Automation } from "#core/records.ts";
import type { CallContext, Client } from "./client.ts";
import type { Row } from "./decode.ts";
import { rowsOrNone } from "./fields.ts";
import { compare, soql, text } from "./soql.ts";

interface Kind {
  readonly kind: Automation["kind"];
  readonly root: "/query" | "/tooling/query";
  readonly query: (object: string) => string;
  readonly name: (row: Row) => unknown;
  readonly isActive: (row: Row) => boolean;
}

/** Everything on an object that a write may set off, as far as the Tooling API shows it. Workflow rules don't tell whether they are active. */
const KINDS: readonly Kind[] = [
  {
    kind: "flow",
    root: "/query",
    query: (object) =>
      soql({
        object: "FlowDefinitionView",
        fields: ["Id", "ApiName", "Label", "IsActive", "TriggerType"],
        where: [compare("TriggerObjectOrEvent.QualifiedApiName", "=", text(object))],
      }),
    name: (row) => row["Label"] ?? row["ApiName"],
    isActive: (row) => row["IsActive"] === true,
  },
  {
    kind: "trigger",
    root: "/tooling/query",
    query: (object) =>
      soql({ object: "ApexTrigger", fields: ["Id", "Name", "Status"], where: [compare("TableEnumOrId", "=", text(object))] }),
    name: (row) => row["Name"],
    isActive: (row) => row["Status"] === "Active",
  },
  {
    kind: "validation_rule",
    root: "/tooling/query",
    query: (object) =>
      soql({
        object: "ValidationRule",
        fields: ["Id", "ValidationName", "Active"],
        where: [compare("EntityDefinition.QualifiedApiName", "=", text(object))],
      }),
    name: (row) => row["ValidationName"],
    isActive: (row) => row["Active"] === true,
  },
  {
    kind: "workflow",
    root: "/tooling/query",
    query: (object) => soql({ object: "WorkflowRule", fields: ["Id", "Name"], where: [compare("TableEnumOrId", "=", text(object))] }),
    name: (row) => row["Name"],
    isActive: () => true,
  },
];

export async function automationsOn(client: Client, object: string, context: CallContext): Promise<readonly Automation[]> {
  const found: Automation[] = [];
  for (const { kind, root, query, name, isActive } of KINDS) {
    for (const row of await rowsOrNone(client, `automation.${kind}`, root, query(object), context)) {
      found.push({
        id: `${kind}:${String(row["Id"])}`,
        sourceUpdatedAt: null,
        object,
        kind,
        name: String(name(row) ?? ""),
        active: isActive(row),
      });
    }
  }
  return found;
}
