import type { FieldType, Query, Subquery } from "@jetstreamapp/soql-parser-js";
import { apiError } from "./replies.ts";
import type { ObjectType } from "./schema.ts";
import { fieldOf, parentOf, pathOf, referenceOf, type Sight } from "./soql-fields.ts";
import { predicateOf, type SubSelect } from "./soql-where.ts";
import type { Cell, Row } from "./values.ts";

/** A record as the API shows it. */
export type Shown = { [key: string]: unknown };
export type Project = (row: Row) => Shown;

/** A SELECT list as a function of one row: parents nest, child queries are results of their own. */
export function projection(query: Query | Subquery, type: ObjectType, sight: Sight, version: string, subSelect: SubSelect): Project {
  const parts = (query.fields ?? []).map((field) => partOf(field, type, sight, version, subSelect));
  return (row) => {
    const shown: Shown = { attributes: attributes(type, row, version) };
    for (const part of parts) part(row, shown);
    return shown;
  };
}

type Part = (row: Row, shown: Shown) => void;

export function attributes(type: ObjectType, row: Row, version: string): Shown {
  return { type: type.name, url: `/services/data/v${version}/sobjects/${type.name}/${row["Id"]}` };
}

function partOf(field: FieldType, type: ObjectType, sight: Sight, version: string, subSelect: SubSelect): Part {
  switch (field.type) {
    case "Field": {
      const found = fieldOf(sight, type, field.field);
      return (row, shown) => {
        shown[found.name] = row[found.name] ?? null;
      };
    }
    case "FieldRelationship":
      return parentPart(field.relationships, field.field, type, sight, version);
    case "FieldSubquery":
      return childPart(field.subquery, type, sight, version, subSelect);
    case "FieldFunctionExpression":
      return functionPart(field, type, sight);
    case "FieldTypeof":
      throw apiError(400, "MALFORMED_QUERY", "TYPEOF is not served by this org");
  }
}

function parentPart(relationships: readonly string[], name: string, type: ObjectType, sight: Sight, version: string): Part {
  pathOf(sight, type, [...relationships, name]);
  const [first = "", ...rest] = relationships;
  const reference = referenceOf(sight, type, first);
  const label = reference.relationship ?? first;
  return (row, shown) => {
    const parent = parentOf(sight.store, row, reference);
    if (parent === null) {
      shown[label] = null;
      return;
    }
    const before = shown[label];
    const inner: Shown = isShown(before) ? before : { attributes: attributes(parent.type, parent.row, version) };
    shown[label] = inner;
    if (rest.length > 0) parentPart(rest, name, parent.type, sight, version)(parent.row, inner);
    else {
      const field = parent.type.fields.get(name.toLowerCase());
      inner[field?.name ?? name] = field === undefined ? null : (parent.row[field.name] ?? null);
    }
  };
}

function childPart(subquery: Subquery, type: ObjectType, sight: Sight, version: string, subSelect: SubSelect): Part {
  const child = type.children.get(subquery.relationshipName.toLowerCase());
  if (child === undefined) {
    throw apiError(400, "INVALID_TYPE", `Didn't understand relationship '${subquery.relationshipName}' in FROM part of query call.`);
  }
  const childType = sight.store.object(child.object);
  const project = projection(subquery, childType, sight, version, subSelect);
  const test = predicateOf(subquery.where, childType, sight, subSelect);
  return (row, shown) => {
    const records: Shown[] = [];
    for (const one of sight.store.rows(child.object).values()) {
      if (one[child.field] === row["Id"] && one["IsDeleted"] !== true && test(one)) records.push(project(one));
    }
    shown[subquery.relationshipName] = records.length === 0 ? null : { totalSize: records.length, done: true, records };
  };
}

function functionPart(field: Extract<FieldType, { type: "FieldFunctionExpression" }>, type: ObjectType, sight: Sight): Part {
  const [parameter] = field.parameters;
  const name = field.functionName.toUpperCase();
  if (name === "FIELDS") {
    const fields = [...type.fields.values()].filter((one) => sight.canRead(type.name, one.name) && (parameter !== "CUSTOM" || one.custom));
    return (row, shown) => {
      for (const one of fields) shown[one.name] = row[one.name] ?? null;
    };
  }
  if (typeof parameter !== "string" || !["TOLABEL", "FORMAT"].includes(name)) {
    throw apiError(400, "MALFORMED_QUERY", `unexpected token: '${field.rawValue ?? field.functionName}'`);
  }
  const path = pathOf(sight, type, parameter.split("."));
  const label = field.alias ?? path.field.name;
  return (row, shown) => {
    const cell = path.get(row);
    shown[label] =
      name === "TOLABEL" && path.field.name === "StageName"
        ? stageLabel(sight, cell)
        : name === "FORMAT" && cell !== null
          ? String(cell)
          : cell;
  };
}

function stageLabel(sight: Sight, apiName: Cell): Cell {
  for (const stage of sight.store.rows("OpportunityStage").values()) if (stage["ApiName"] === apiName) return stage["MasterLabel"] ?? null;
  return apiName;
}

function isShown(value: unknown): value is Shown {
  return typeof value === "object" && value !== null;
}
