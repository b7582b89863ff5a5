import type { JsonValue } from "#core/json.ts";
import { msOf } from "#core/time/instant.ts";
import type { ClosedWindow } from "#kit/window.ts";
import type { Asker, HubSpot } from "../client.ts";
import { decodeLinks, decodePage, type Links, type RecordPage, type WireRecord } from "../decode.ts";
import type { ObjectQuery } from "../properties.ts";

/** HubSpot's own page and batch sizes; half when histories come along. */
const LIST_SIZE = 100;
const HISTORY_SIZE = 50;
export const SEARCH_SIZE = 200;
const LINK_BATCH = 1000;

export function listSize(query: ObjectQuery): number {
  return query.history.length > 0 ? HISTORY_SIZE : LIST_SIZE;
}

/** One page of the list, every record with all its links. */
export async function listPage(hub: HubSpot, query: ObjectQuery, token: string | null, asker: Asker): Promise<RecordPage> {
  const name = `${query.object}.list`;
  const repeated = (key: string, values: readonly string[]): [string, string][] => values.map((value) => [key, value]);
  const body = await hub.request(
    {
      name,
      method: "GET",
      path: hub.paths.objects(query.object),
      query: [
        ["limit", String(listSize(query))],
        ...(token === null ? [] : repeated("after", [token])),
        ...repeated("properties", query.properties),
        ...repeated("propertiesWithHistory", query.history),
        ...repeated("associations", query.linked),
      ],
    },
    asker,
  );
  const page = decodePage(body, name);
  return { ...page, records: await withWholeLinks(hub, query, page.records, asker) };
}

/** One page of the deleted records, ids only. */
export async function archivedPage(hub: HubSpot, query: ObjectQuery, token: string | null, asker: Asker): Promise<RecordPage> {
  const name = `${query.object}.archived`;
  const page: [string, string][] = [["limit", String(LIST_SIZE)]];
  if (token !== null) page.push(["after", token]);
  page.push(["properties", query.modified], ["archived", "true"]);
  return decodePage(await hub.request({ name, method: "GET", path: hub.paths.objects(query.object), query: page }, asker), name);
}

/** Inline links end at the first hundred and don't always name the primary company: such records are asked again in one batch. */
async function withWholeLinks(
  hub: HubSpot,
  query: ObjectQuery,
  records: readonly WireRecord[],
  asker: Asker,
): Promise<readonly WireRecord[]> {
  let whole = records;
  for (const type of query.linked) {
    const unclear = records.filter(({ links }) => links[type]?.isCut === true || (type === "companies" && isUndecided(query, links[type])));
    if (unclear.length === 0) continue;
    const found = await readLinks(hub, query.object, type, idsOf(unclear), asker);
    whole = whole.map((record) => withLinks(record, type, found.get(record.id)));
  }
  return whole;
}

function isUndecided(query: ObjectQuery, links: Links | undefined): boolean {
  return query.object === "deals" && links !== undefined && links.ids.length > 1 && links.primary === null;
}

function withLinks(record: WireRecord, type: string, links: Links | undefined): WireRecord {
  return links === undefined ? record : { ...record, links: { ...record.links, [type]: links } };
}

/** One page of what changed within a window, behind id `after`. Freshly read properties and histories come from a batch read. */
export async function searchPage(hub: HubSpot, query: ObjectQuery, window: ClosedWindow, after: string, asker: Asker): Promise<RecordPage> {
  const name = `${query.object}.search`;
  const filter = (propertyName: string, operator: string, value: string): JsonValue => ({ propertyName, operator, value });
  const body = await hub.request(
    {
      name,
      method: "POST",
      path: `${hub.paths.objects(query.object)}/search`,
      lane: "search",
      body: {
        filterGroups: [
          {
            filters: [
              filter(query.modified, "GTE", String(msOf(window.from))),
              filter(query.modified, "LTE", String(msOf(window.to))),
              filter("hs_object_id", "GT", after),
            ],
          },
        ],
        sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
        properties: query.history.length > 0 ? [query.modified] : query.properties,
        limit: SEARCH_SIZE,
      },
    },
    asker,
  );
  return decodePage(body, name);
}

/** The highest id of an object by the search index; null when there is none. */
export async function lastId(hub: HubSpot, query: ObjectQuery, asker: Asker): Promise<string | null> {
  const name = `${query.object}.last`;
  const sorts = [{ propertyName: "hs_object_id", direction: "DESCENDING" }];
  const body = { filterGroups: [], sorts, properties: [query.modified], limit: 1 };
  const answer = await hub.request(
    { name, method: "POST", path: `${hub.paths.objects(query.object)}/search`, lane: "search", body },
    asker,
  );
  return decodePage(answer, name).records[0]?.id ?? null;
}

/** Records by id with histories, batches side by side. What is not found (deleted meanwhile) is left out; order is not kept. */
export async function batchRead(hub: HubSpot, query: ObjectQuery, ids: readonly string[], asker: Asker): Promise<RecordPage> {
  const name = `${query.object}.batch_read`;
  const pages = await Promise.all(
    chunks(ids, listSize(query)).map(async (chunk) => {
      const body: JsonValue = {
        inputs: chunk.map((id) => ({ id })),
        properties: query.properties,
        propertiesWithHistory: query.history,
      };
      return decodePage(
        await hub.request({ name, method: "POST", path: `${hub.paths.objects(query.object)}/batch/read`, body }, asker),
        name,
      );
    }),
  );
  return {
    records: pages.flatMap((page) => page.records),
    broken: pages.flatMap((page) => page.broken),
    after: null,
    total: null,
  };
}

/** All links of each record; records without any have an empty list, so that what was there before ends. */
export async function readLinks(
  hub: HubSpot,
  from: string,
  to: string,
  ids: readonly string[],
  asker: Asker,
): Promise<ReadonlyMap<string, Links>> {
  const found = new Map<string, Links>(ids.map((id) => [id, { ids: [], primary: null, isCut: false }]));
  let inputs: readonly { readonly id: string; readonly after?: string }[] = ids.map((id) => ({ id }));
  while (inputs.length > 0) {
    const rest: { id: string; after: string }[] = [];
    for (const chunk of chunks(inputs, LINK_BATCH)) {
      const name = `${from}.links.${to}`;
      const path = `${hub.paths.associations(from, to)}/batch/read`;
      const body = await hub.request({ name, method: "POST", path, body: { inputs: chunk }, lane: "associations" }, asker);
      for (const row of decodeLinks(body, name)) {
        found.set(row.from, joined(found.get(row.from), row.links));
        const asked = chunk.find((input) => input.id === row.from);
        if (row.after !== null && row.after !== asked?.after) rest.push({ id: row.from, after: row.after });
      }
    }
    inputs = rest;
  }
  return found;
}

function joined(before: Links | undefined, more: Links): Links {
  return { ids: [...new Set([...(before?.ids ?? []), ...more.ids])], primary: before?.primary ?? more.primary, isCut: false };
}

/** The records with their links, each kind read in one batch, side by side. */
export async function linkedRecords(
  hub: HubSpot,
  query: ObjectQuery,
  records: readonly WireRecord[],
  asker: Asker,
): Promise<readonly WireRecord[]> {
  if (records.length === 0 || query.linked.length === 0) return records;
  const byType = await Promise.all(query.linked.map((type) => readLinks(hub, query.object, type, idsOf(records), asker)));
  return records.map((record) => {
    const links = Object.fromEntries(query.linked.map((type, index) => [type, byType[index]?.get(record.id) ?? NO_LINKS]));
    return { ...record, links };
  });
}

const NO_LINKS: Links = { ids: [], primary: null, isCut: false };

function idsOf(records: readonly WireRecord[]): readonly string[] {
  return records.map((record) => record.id);
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size));
  return pieces;
}
