import type { Org } from "./org.ts";
import type { Field, ObjectType } from "./schema.ts";

/** What all fields say; shapes are those of recorded describes. */
const FIELD_DEFAULTS = {
  aggregatable: true,
  aiPredictionField: false,
  autoNumber: false,
  calculated: false,
  calculatedFormula: null,
  cascadeDelete: false,
  caseSensitive: false,
  compoundFieldName: null,
  controllerName: null,
  defaultValue: null,
  defaultValueFormula: null,
  defaultedOnCreate: false,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  digits: 0,
  displayLocationInDecimal: false,
  encrypted: false,
  extraTypeInfo: null,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  highScaleNumber: false,
  htmlFormatted: false,
  idLookup: false,
  inlineHelpText: null,
  mask: null,
  maskType: null,
  namePointing: false,
  queryByDistance: false,
  referenceTargetField: null,
  relationshipOrder: null,
  restrictedDelete: false,
  restrictedPicklist: false,
  searchPrefilterable: false,
  unique: false,
  writeRequiresMasterRead: false,
};

const SOAP_TYPES: Partial<Record<Field["type"], string>> = {
  id: "tns:ID",
  reference: "tns:ID",
  boolean: "xsd:boolean",
  int: "xsd:int",
  double: "xsd:double",
  currency: "xsd:double",
  percent: "xsd:double",
  date: "xsd:date",
  datetime: "xsd:dateTime",
};

/** `/sobjects/X/describe`: only the fields the integration user may see. */
export function describeObject(org: Org, type: ObjectType, version: string): object {
  const fields = [...type.fields.values()].filter((field) => org.canRead(type.name, field.name));
  return {
    ...summary(type, version),
    fields: fields.map((field) => describeField(org, type, field)),
    childRelationships: [...type.children].map(([, { object, field }]) => ({
      cascadeDelete: false,
      childSObject: object,
      field,
      relationshipName: relationshipName(type, object, field),
    })),
    recordTypeInfos: recordTypeInfos(org, type),
    supportedScopes: [{ label: `All ${type.plural.toLowerCase()}`, name: "everything" }],
    namedLayoutInfos: [],
    actionOverrides: [],
  };
}

function relationshipName(type: ObjectType, object: string, field: string): string | null {
  for (const [name, child] of type.children) if (child.object === object && child.field === field) return name;
  return null;
}

/** One line of `/sobjects`. */
export function summary(type: ObjectType, version: string): object {
  const base = `/services/data/v${version}/sobjects/${type.name}`;
  return {
    name: type.name,
    label: type.label,
    labelPlural: type.plural,
    keyPrefix: type.prefix,
    custom: type.name.endsWith("__c"),
    createable: type.writable,
    updateable: type.writable,
    deletable: type.writable,
    queryable: true,
    retrieveable: true,
    searchable: type.writable,
    replicateable: type.fields.has("systemmodstamp"),
    undeletable: type.writable && type.fields.has("isdeleted"),
    triggerable: type.writable,
    layoutable: type.writable,
    mergeable: type.fields.has("masterrecordid"),
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

function describeField(org: Org, type: ObjectType, field: Field): object {
  return {
    ...FIELD_DEFAULTS,
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? "xsd:string",
    length: field.length,
    byteLength: field.length * 3,
    precision: field.precision,
    scale: field.scale,
    custom: field.custom,
    nillable: field.nillable,
    createable: field.createable && type.writable,
    updateable: org.canEdit(type.name, field) && type.writable,
    permissionable: field.nillable && field.updateable,
    filterable: field.filterable,
    sortable: field.filterable,
    groupable: field.filterable && !["double", "currency", "percent"].includes(field.type),
    externalId: field.externalId,
    nameField: field.name === "Name",
    polymorphicForeignKey: field.referenceTo.length > 1,
    referenceTo: field.referenceTo,
    relationshipName: field.relationship,
    picklistValues: picklistOf(org, type, field).map(([value, label]) => ({
      active: true,
      defaultValue: false,
      label,
      validFor: null,
      value,
    })),
  };
}

/** [value, label] of each choice. */
function picklistOf(org: Org, type: ObjectType, field: Field): readonly (readonly [string, string])[] {
  if (type.name === "Opportunity" && field.name === "StageName") {
    return [...org.store.rows("OpportunityStage").values()].map((stage) => [String(stage["ApiName"]), String(stage["MasterLabel"])]);
  }
  if (field.name === "CurrencyIsoCode")
    return [...org.store.rows("CurrencyType").values()].map(({ IsoCode }) => [String(IsoCode), String(IsoCode)]);
  return field.picklist.map((value) => [value, value]);
}

function recordTypeInfos(org: Org, type: ObjectType): readonly object[] {
  const own = [...org.store.rows("RecordType").values()].filter(({ SobjectType }) => SobjectType === type.name);
  return own.map((row, index) => ({
    active: true,
    available: true,
    defaultRecordTypeMapping: index === 0,
    developerName: row["DeveloperName"],
    master: false,
    name: row["Name"],
    recordTypeId: row["Id"],
    urls: {},
  }));
}
