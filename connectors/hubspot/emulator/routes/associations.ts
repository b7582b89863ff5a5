import { jsonReply, type Route, route } from "#sandbox/http.ts";
import { invalid, notFound } from "../errors.ts";
import { linkTypeIds, type ObjectType } from "../object-types.ts";
import { findRecord, type Portal } from "../portal.ts";
import { type HubspotRequest, inputsOf, jsonBody, queryNumber, requireRead, typeParam } from "../request.ts";

const BATCH = 1_000;

export function associationRoutes(portal: Portal, pageSize: number): readonly Route<HubspotRequest>[] {
  return [
    route("POST", "/crm/associations/:from/:to/batch/read", (request, params) => {
      const from = typeParam(params, "from");
      const to = typeParam(params, "to");
      requireRead(request, from);
      requireRead(request, to);
      if (linkTypeIds(from, to).length === 0) throw invalid(`Cannot associate ${from} with ${to}`);
      return batchRead(portal, from, to, request, pageSize);
    }),
    route("GET", "/crm/objects/:type/:id/associations/:to", (request, params) => {
      const from = typeParam(params);
      const to = typeParam(params, "to");
      requireRead(request, from);
      const record = findRecord(portal, from, params["id"] ?? "", true);
      if (record === null) throw notFound();
      const page = linkPage(portal, from, to, record.links[to] ?? [], request.query.get("after"), queryNumber(request, "limit", 500, 500));
      return jsonReply(200, { results: page.to, ...(page.next === null ? {} : { paging: { next: { after: page.next } } }) });
    }),
  ];
}

/** Ids without links make it a 207 and are listed as errors; that is the normal case, not a failure. */
function batchRead(portal: Portal, from: ObjectType, to: ObjectType, request: HubspotRequest, pageSize: number) {
  const startedAt = portal.clock.now();
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const input of inputsOf(jsonBody(request), BATCH)) {
    const id = String(input["id"]);
    const record = findRecord(portal, from, id, false);
    const ids = record === null || record.archivedMs !== null ? [] : (record.links[to] ?? []);
    const page = linkPage(portal, from, to, ids, typeof input["after"] === "string" ? input["after"] : null, pageSize);
    if (page.to.length === 0) errors.push(nothingFound(from, to, id));
    else
      results.push({
        from: { id },
        to: page.to,
        ...(page.next === null ? {} : { paging: { next: { after: page.next, link: `?after=${page.next}` } } }),
      });
  }
  const base = { status: "COMPLETE", results, startedAt, completedAt: portal.clock.now() };
  return errors.length === 0 ? jsonReply(200, base) : jsonReply(207, { ...base, numErrors: errors.length, errors });
}

function linkPage(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  ids: readonly number[],
  after: string | null,
  size: number,
): { readonly to: readonly unknown[]; readonly next: string | null } {
  const start = after === null ? 0 : Number(after);
  if (!Number.isInteger(start) || start < 0) throw invalid(`Invalid paging token '${after}'`);
  const alive = ids.filter((id) => portal.tables[to].byId.get(id)?.archivedMs === null);
  const typeIds = linkTypeIds(from, to);
  const page = alive.slice(start, start + size).map((id, index) => ({
    // A number here, though `from.id` is text.
    toObjectId: id,
    associationTypes: (start + index === 0 || typeIds.length === 1 ? typeIds : typeIds.slice(1)).map((typeId) => ({
      category: "HUBSPOT_DEFINED",
      typeId,
      label: typeIds.length > 1 && typeId === typeIds[0] ? "Primary" : null,
    })),
  }));
  return { to: page, next: start + size < alive.length ? String(start + size) : null };
}

function nothingFound(from: ObjectType, to: ObjectType, id: string): unknown {
  return {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
    message: `No ${to} is associated with ${from} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [from], toObjectType: [to] },
  };
}
