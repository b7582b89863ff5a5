import { jsonReply, type SandboxReply, type SandboxRequest } from "#sandbox/http.ts";
import { addCustomField, type Org } from "./org.ts";
import { objectOf, parseBody } from "./records.ts";
import { apiError } from "./replies.ts";
import { FIELD_TYPES, type Field, type FieldType } from "./schema.ts";
import { idFor } from "./values.ts";

const NAME = /^([A-Za-z]\w*)\.([A-Za-z](?:\w*[A-Za-z0-9])?)__c$/;

/** What the Metadata types are in the data. */
const TYPES: Readonly<Record<string, FieldType>> = {
  Text: "string",
  Number: "double",
  Percent: "percent",
  Currency: "currency",
  Date: "date",
  DateTime: "datetime",
  Checkbox: "boolean",
  LongTextArea: "textarea",
  TextArea: "textarea",
  Picklist: "picklist",
  Url: "url",
  Email: "email",
};

/** `POST /tooling/sobjects/CustomField`: the field is made, and nobody may see it until a permission set says so. */
export function createCustomField(org: Org, request: SandboxRequest): SandboxReply {
  const body = objectOf(parseBody(request));
  const fullName = String(body["FullName"] ?? "");
  const [, object = "", name = ""] = NAME.exec(fullName) ?? [];
  if (object === "")
    throw apiError(400, "INVALID_INPUT", "Invalid fullName, must end with '__c' and be preceded by the object's name", ["FullName"]);
  if (name.length > 40) throw apiError(400, "STRING_TOO_LONG", `Field name too long: ${name}`, ["FullName"]);
  const metadata = objectOf(body["Metadata"]);
  const type = TYPES[String(metadata["type"])];
  if (type === undefined) throw apiError(400, "FIELD_INTEGRITY_EXCEPTION", `Invalid field type ${String(metadata["type"])}`, ["Metadata"]);
  const field = customField(`${name}__c`, type, metadata);
  const problem = wrongWith(field, metadata) ?? addCustomField(org, org.store.object(object).name, field);
  if (problem !== null) throw problem;
  const id = idFor("00N", fullName);
  const row = {
    DeveloperName: name,
    TableEnumOrId: object,
    EntityDefinitionId: idFor("4ie", object),
    FullName: fullName,
    ManageableState: "unmanaged",
  };
  org.store.put("CustomField", id, row, org.clock.nowMs(), org.integrationUserId);
  return jsonReply(201, { id, success: true, errors: [], warnings: [], infos: [] });
}

function customField(name: string, type: FieldType, metadata: Readonly<Record<string, unknown>>): Field {
  return {
    name,
    label: String(metadata["label"] ?? name),
    type: FIELD_TYPES.find((one) => one === type) ?? "string",
    length: type === "string" ? Number(metadata["length"] ?? 255) : type === "textarea" ? Number(metadata["length"] ?? 32_768) : 0,
    precision: Number(metadata["precision"] ?? 0),
    scale: Number(metadata["scale"] ?? 0),
    nillable: type !== "boolean",
    updateable: true,
    createable: true,
    filterable: type !== "textarea",
    custom: true,
    referenceTo: [],
    relationship: null,
    picklist: [],
    externalId: metadata["externalId"] === true,
  };
}

function wrongWith(field: Field, metadata: Readonly<Record<string, unknown>>): Error | null {
  const refuse = (message: string): Error => apiError(400, "FIELD_INTEGRITY_EXCEPTION", message, ["Metadata"]);
  if (typeof metadata["label"] !== "string" || metadata["label"].length > 40)
    return refuse("Label is required and can be no longer than 40 characters");
  if (field.type === "string" && (metadata["length"] === undefined || field.length < 1 || field.length > 255))
    return refuse("Text fields need a length of 1 to 255");
  if (
    ["double", "percent", "currency"].includes(field.type) &&
    (field.precision < 1 || field.precision > 18 || field.scale > field.precision)
  ) {
    return refuse("Can not specify 'precision' outside 1 to 18 or a scale beyond it");
  }
  if (field.type === "textarea" && metadata["visibleLines"] === undefined && metadata["type"] === "LongTextArea")
    return refuse("Long text areas need visibleLines");
  return field.type === "boolean" && metadata["defaultValue"] === undefined ? refuse("Checkbox fields need a default value") : null;
}

/** `/ui-api/object-info/Opportunity/picklist-values/{recordType}/StageName`: the stages one sales process offers. */
export function stagesOfRecordType(org: Org, recordTypeId: string, stageNames: (recordTypeId: string) => readonly string[]): SandboxReply {
  const names = new Set(stageNames(recordTypeId));
  if (names.size === 0) return jsonReply(404, [{ errorCode: "NOT_FOUND", message: "The requested resource does not exist" }]);
  const values = [...org.store.rows("OpportunityStage").values()]
    .filter((stage) => names.has(String(stage["ApiName"])))
    .map((stage) => ({
      attributes: {
        picklistAtrributesValueType: "OpportunityStage",
        closed: stage["IsClosed"],
        won: stage["IsWon"],
        defaultProbability: stage["DefaultProbability"],
        forecastCategoryName: stage["ForecastCategoryName"],
      },
      label: stage["MasterLabel"],
      validFor: [],
      value: stage["ApiName"],
    }));
  return jsonReply(200, { controllerValues: {}, defaultValue: null, url: "/services/data/ui-api", values });
}
