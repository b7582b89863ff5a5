import { DEFAULT_PROPERTIES } from "./default-properties.ts";
import { createdProperty, modifiedProperty, TYPE_NAMES } from "./object-types.ts";
import type { Portal } from "./portal.ts";

export interface PropertyOption {
  readonly label: string;
  readonly value: string;
  readonly displayOrder: number;
  readonly hidden: boolean;
  readonly description?: string;
}

export type PropertyType = "string" | "number" | "enumeration" | "bool" | "date" | "datetime";

export interface StoredProperty {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly groupName: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly options: readonly PropertyOption[];
  readonly displayOrder: number;
  readonly hidden: boolean;
  readonly formField: boolean;
  readonly hasUniqueValue: boolean;
  readonly hubspotDefined: boolean;
  readonly calculated: boolean;
  readonly externalOptions: boolean;
  readonly readOnlyValue: boolean;
  readonly referencedObjectType: string | null;
  /** Passed through as given: display hints and the like. */
  readonly extras: Readonly<Record<string, unknown>>;
  readonly createdMs: number | null;
  readonly updatedMs: number | null;
  readonly archivedMs: number | null;
}

export interface PropertyGroup {
  readonly name: string;
  readonly label: string;
  readonly displayOrder: number;
}

/** Which forms fit which type (fact sheet section 9). */
export const FIELD_TYPES: Readonly<Record<PropertyType, readonly string[]>> = {
  number: ["number", "calculation_equation"],
  string: ["text", "textarea", "html", "phonenumber", "file"],
  enumeration: ["select", "radio", "checkbox", "booleancheckbox"],
  bool: ["booleancheckbox"],
  date: ["date"],
  datetime: ["date"],
};

export const blankProperty: Omit<StoredProperty, "name" | "label" | "groupName" | "type" | "fieldType"> = {
  description: "",
  options: [],
  displayOrder: -1,
  hidden: false,
  formField: false,
  hasUniqueValue: false,
  hubspotDefined: false,
  calculated: false,
  externalOptions: false,
  readOnlyValue: false,
  referencedObjectType: null,
  extras: {},
  createdMs: null,
  updatedMs: null,
  archivedMs: null,
};

/** Fills every type with the properties each portal has, and those that follow from the pipelines. */
export function defineDefaults(portal: Portal): void {
  for (const type of TYPE_NAMES) {
    const group =
      `${type === "deals" ? "deal" : type === "contacts" ? "contact" : type === "companies" ? "company" : type}information`.replace(
        "_",
        "",
      );
    portal.groups[type].set(group, { name: group, label: `${type} information`, displayOrder: 0 });
    const add = (property: StoredProperty): void => {
      portal.properties[type].set(property.name, property);
    };
    const base = { ...blankProperty, groupName: group, hubspotDefined: true };
    const readOnly = { readOnlyValue: true, calculated: true };
    add({ ...base, ...readOnly, name: "hs_object_id", label: "Record ID", type: "number", fieldType: "number" });
    add({ ...base, ...readOnly, name: createdProperty(type), label: "Create date", type: "datetime", fieldType: "date" });
    for (const name of new Set(["hs_lastmodifieddate", modifiedProperty(type)]))
      add({ ...base, ...readOnly, name, label: "Last modified date", type: "datetime", fieldType: "date" });
    add({ ...base, ...readOnly, name: "hs_merged_object_ids", label: "Merged record IDs", type: "enumeration", fieldType: "checkbox" });
    add({ ...base, ...readOnly, name: "hs_updated_by_user_id", label: "Updated by user ID", type: "number", fieldType: "number" });
    add({
      ...base,
      name: "hubspot_owner_id",
      label: "Owner",
      type: "enumeration",
      fieldType: "select",
      externalOptions: true,
      referencedObjectType: "OWNER",
    });
    for (const line of DEFAULT_PROPERTIES[type]) add({ ...base, ...line });
  }
  stageOptions(portal);
}

/** Stage and pipeline lists, and the dated properties of each stage: what a pipeline edit also changes. */
function stageOptions(portal: Portal): void {
  for (const [type, pipelineName, stageName] of [
    ["deals", "pipeline", "dealstage"],
    ["leads", "hs_pipeline", "hs_pipeline_stage"],
  ] as const) {
    const properties = portal.properties[type];
    const group = [...portal.groups[type].keys()][0] ?? "";
    const pipelines = portal.pipelines[type];
    const options = (list: readonly { readonly id: string; readonly label: string }[]): readonly PropertyOption[] =>
      list.map((each, index) => ({ label: each.label, value: each.id, displayOrder: index, hidden: false }));
    const base = { ...blankProperty, groupName: group, hubspotDefined: true };
    properties.set(pipelineName, {
      ...base,
      name: pipelineName,
      label: "Pipeline",
      type: "enumeration",
      fieldType: "select",
      options: options(pipelines),
    });
    const stages = pipelines.flatMap((pipeline) =>
      pipeline.stages.map((stage) => ({ id: stage.id, label: `${stage.label} (${pipeline.label})` })),
    );
    properties.set(stageName, {
      ...base,
      name: stageName,
      label: "Stage",
      type: "enumeration",
      fieldType: "radio",
      options: options(stages),
    });
    for (const stage of stages) {
      for (const [prefix, label, valueType] of DATED) {
        const name = `${prefix}${stageSuffix(stage.id)}`;
        properties.set(name, {
          ...base,
          name,
          label: `${label} "${stage.label}"`,
          type: valueType,
          fieldType: valueType === "number" ? "number" : "date",
          calculated: true,
          readOnlyValue: true,
        });
      }
    }
  }
}

const DATED = [
  ["hs_v2_date_entered_", "Date entered", "datetime"],
  ["hs_v2_date_exited_", "Date exited", "datetime"],
  ["hs_v2_latest_time_in_", "Latest time in", "number"],
  ["hs_v2_cumulative_time_in_", "Cumulative time in", "number"],
] as const;

/** Ids that are no plain word are rewritten and numbered in property names (fact sheet section 5). */
export function stageSuffix(stageId: string): string {
  if (/^[A-Za-z0-9]+$/.test(stageId)) return stageId;
  let sum = 0;
  for (const character of stageId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 900_000_000;
  return `${stageId.replaceAll(/[^A-Za-z0-9]/g, "_")}_${100_000_000 + sum}`;
}
