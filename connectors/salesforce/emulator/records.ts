import { emptyReply, jsonReply, type SandboxReply, type SandboxRequest } from "#sandbox/http.ts";
import type { Org } from "./org.ts";
import { apiError, notFound } from "./replies.ts";
import type { ObjectType } from "./schema.ts";
import { longId, type Row, stampOf } from "./values.ts";
import { create, type RowError, update, type Wanted, type WriteResult } from "./writes.ts";

/** Most records of one collection request. */
const COLLECTION = 200;
const MINUTE_MS = 60_000;
const REPLICATED_MS = 15 * 86_400_000;

/** `PATCH` and `POST /composite/sobjects`: one result per record, in order; rows fail under HTTP 200. */
export function writeCollection(org: Org, request: SandboxRequest, action: "update" | "create"): SandboxReply {
  const body = objectOf(parseBody(request));
  const records = body["records"];
  if (!Array.isArray(records)) throw apiError(400, "JSON_PARSER_ERROR", "The records field is missing.");
  if (records.length > COLLECTION)
    throw apiError(400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call");
  const seen = new Set<string>();
  const write = (record: unknown): WriteResult => {
    const wanted = objectOf(record);
    const type = org.store.object(String(objectOf(wanted["attributes"])["type"] ?? ""));
    if (action === "create") return create(org, type, wanted);
    const id = String(wanted["Id"] ?? wanted["id"] ?? "");
    if (id === "") return { errors: [{ statusCode: "MISSING_ARGUMENT", message: "Id not specified in an update call", fields: [] }] };
    if (seen.has(longId(id))) return { errors: [{ statusCode: "DUPLICATE_VALUE", message: `duplicate id specified: ${id}`, fields: [] }] };
    seen.add(longId(id));
    return update(org, type, id, wanted);
  };
  const isAllOrNone = body["allOrNone"] === true;
  const before = isAllOrNone ? snapshot(org, records) : new Map<string, Row>();
  const results = records.map(write);
  if (!isAllOrNone || results.every((result) => "id" in result)) return jsonReply(200, results.map(shownResult));
  for (const [id, row] of before)
    org.store.put(org.store.objectOfId(id)?.name ?? "", id, row, Date.parse(String(row["SystemModstamp"])), null);
  const rolledBack: RowError = {
    statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    message: "Record rolled back because not all records were valid and the request was using AllOrNone header",
    fields: [],
  };
  return jsonReply(
    200,
    results.map((result) => shownResult("id" in result ? { errors: [rolledBack] } : result)),
  );
}

function snapshot(org: Org, records: readonly unknown[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const record of records) {
    const id = longId(String(objectOf(record)["Id"] ?? objectOf(record)["id"] ?? ""));
    const row = org.store.get(org.store.objectOfId(id)?.name ?? "", id);
    if (row !== undefined) rows.set(id, { ...row });
  }
  return rows;
}

const shownResult = (result: WriteResult): object =>
  "id" in result ? { id: result.id, success: true, errors: [] } : { success: false, errors: result.errors };

/** `POST /composite/sobjects/X`: records by id, null for one that is not there. */
export function retrieveCollection(org: Org, type: ObjectType, request: SandboxRequest, version: string): SandboxReply {
  const body = objectOf(parseBody(request));
  const fields = namesOf(body["fields"]);
  return jsonReply(
    200,
    namesOf(body["ids"]).map((id) => {
      const row = org.store.get(type.name, id);
      return row === undefined || row["IsDeleted"] === true ? null : shownRecord(org, type, row, fields, version);
    }),
  );
}

/** `GET /sobjects/X/id?fields=`. */
export function retrieve(org: Org, type: ObjectType, id: string, request: SandboxRequest, version: string): SandboxReply {
  const row = org.store.get(type.name, id);
  if (row === undefined) throw notFound("The requested resource does not exist");
  if (row["IsDeleted"] === true) throw apiError(404, "ENTITY_IS_DELETED", "entity is deleted");
  const asked = request.query.get("fields");
  const fields = asked === null ? readable(org, type) : asked.split(",");
  return jsonReply(200, shownRecord(org, type, row, fields, version));
}

const readable = (org: Org, type: ObjectType): readonly string[] =>
  [...type.fields.values()].filter((field) => org.canRead(type.name, field.name)).map(({ name }) => name);

function shownRecord(org: Org, type: ObjectType, row: Row, fields: readonly string[], version: string): object {
  const cells = fields.map((name) => {
    const field = type.fields.get(name.trim().toLowerCase());
    if (field === undefined || !org.canRead(type.name, field.name)) {
      throw apiError(400, "INVALID_FIELD", `No such column '${name}' on sobject of type ${type.name}`);
    }
    return [field.name, row[field.name] ?? null] as const;
  });
  return {
    attributes: { type: type.name, url: `/services/data/v${version}/sobjects/${type.name}/${row["Id"]}` },
    ...Object.fromEntries(cells),
  };
}

/** One record: 204 for an update, 201 for a new one; a refusal is the status of the whole call. */
export function writeOne(org: Org, type: ObjectType, id: string | null, request: SandboxRequest): SandboxReply {
  const wanted: Wanted = objectOf(parseBody(request));
  const result = id === null ? create(org, type, wanted) : update(org, type, id, wanted);
  if ("id" in result) return id === null ? jsonReply(201, { id: result.id, success: true, errors: [] }) : emptyReply(204);
  const [error] = result.errors;
  const isGone = error?.statusCode === "ENTITY_IS_DELETED" || error?.statusCode === "INVALID_CROSS_REFERENCE_KEY";
  throw apiError(isGone ? 404 : 400, error?.statusCode ?? "UNKNOWN_EXCEPTION", error?.message ?? "", error?.fields ?? []);
}

export function removeOne(org: Org, type: ObjectType, id: string): SandboxReply {
  if (org.store.get(type.name, id) === undefined) throw notFound("The requested resource does not exist");
  if (type.fields.has("isdeleted")) org.store.remove(type.name, id, org.clock.nowMs());
  else org.store.purge(type.name, id);
  return emptyReply(204);
}

/** `/sobjects/X/deleted` and `/updated`: ids of a span, which ends where changes may still be on their way. */
export function replicated(org: Org, type: ObjectType, request: SandboxRequest, what: "deleted" | "updated"): SandboxReply {
  if (!type.fields.has("systemmodstamp")) throw apiError(400, "INVALID_TYPE_FOR_OPERATION", `${type.name} is not replicateable`);
  const now = org.clock.nowMs();
  const [start, end] = [Date.parse(request.query.get("start") ?? ""), Date.parse(request.query.get("end") ?? "")];
  if (Number.isNaN(start) || Number.isNaN(end)) throw apiError(400, "INVALID_REPLICATION_DATE", "start and end must be given");
  if (start < now - REPLICATED_MS) throw apiError(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date");
  if (end - start <= MINUTE_MS)
    throw apiError(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate");
  const [from, to] = [stampOf(start), stampOf(end)];
  const rows = [...org.store.rows(type.name).values()].filter((row) => {
    const stamp = String(row["SystemModstamp"]);
    return stamp >= from && stamp < to && (what === "deleted") === (row["IsDeleted"] === true);
  });
  const covered = { latestDateCovered: stampOf(Math.min(end, org.coveredUntilMs())) };
  if (what === "updated") return jsonReply(200, { ids: rows.map((row) => row["Id"]), ...covered });
  const deletedRecords = rows.map((row) => ({ id: row["Id"], deletedDate: row["SystemModstamp"] }));
  return jsonReply(200, { deletedRecords, earliestDateAvailable: stampOf(now - REPLICATED_MS), ...covered });
}

export function parseBody(request: SandboxRequest): unknown {
  try {
    return JSON.parse(request.body);
  } catch {
    throw apiError(400, "JSON_PARSER_ERROR", "Unexpected end-of-input: was expecting closing brackets");
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const namesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
