import type { Writer } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { JsonObject } from "#core/json.ts";
import { failed, ok, type Result } from "#core/result.ts";
import type { FieldValue, LiveRecord, WriteItem } from "#core/writeback.ts";
import type { Asker, HubSpot } from "./client.ts";
import { idOf, instantOf, isObject, numberOf, objectOf, resultsOf, textOf } from "./decode.ts";
import { ensureFields, noPlace, OBJECT_OF, type Property, propertyName, readiness, readProperties } from "./fields.ts";
import { chunks } from "./streams/read.ts";

/** Most records in one batch update or read. */
export const WRITE_BATCH = 100;

type Written = Result<{ readonly id: string }>;

/** Writes our own properties onto existing records (W1), and reads them back. */
export function createWriter(hub: HubSpot, budget: Asker["budget"]): Writer {
  return {
    ensureFields: (fields, { dryRun, signal }) => ensureFields(hub, fields, dryRun, { budget, signal }),
    write: (batch, signal) => write(hub, batch, { budget, signal }),
    read: (target, ids, fields, signal) => {
      const object = OBJECT_OF[target];
      if (object === null) throw noPlace({ target, name: fields.join(", ") });
      return readLive(hub, object, ids, fields, { budget, signal });
    },
    readiness: (fields, signal) => readiness(hub, fields, { budget, signal }),
    // HubSpot's API of November 2026 lists no workflows by the properties they start from.
    automations: async () => [],
  };
}

interface Place {
  readonly index: number;
  readonly item: WriteItem;
}

async function write(hub: HubSpot, batch: readonly WriteItem[], asker: Asker): Promise<readonly Written[]> {
  const results: Written[] = new Array(batch.length);
  const groups = Map.groupBy(
    batch.map((item, index): Place => ({ item, index })),
    ({ item }) => OBJECT_OF[item.target],
  );
  for (const [object, places] of groups) {
    if (object === null) {
      for (const { index, item } of places)
        results[index] = failed(noPlace({ target: item.target, name: Object.keys(item.values).join(", ") }));
      continue;
    }
    for (const round of rounds(places)) {
      const answers = await update(
        hub,
        object,
        round.map(({ item }) => item),
        asker,
      );
      for (const [position, { index }] of round.entries()) results[index] = answers[position] ?? unconfirmed("");
    }
  }
  return results;
}

/** Batches in which no id comes twice: HubSpot refuses a whole batch for one repeat. */
function rounds(places: readonly Place[]): readonly (readonly Place[])[] {
  const turns: Place[][] = [];
  const seen = new Map<string, number>();
  for (const place of places) {
    const turn = seen.get(place.item.id) ?? 0;
    seen.set(place.item.id, turn + 1);
    turns[turn] ??= [];
    turns[turn].push(place);
  }
  return turns.flatMap((turn) => chunks(turn, WRITE_BATCH));
}

/** One result per item, in their order. A refusal of the whole batch is thrown with recovery `skip`: the caller bisects. */
async function update(hub: HubSpot, object: string, items: readonly WriteItem[], asker: Asker): Promise<readonly Written[]> {
  const name = `${object}.batch_update`;
  const path = `${hub.paths.objects(object)}/batch/update`;
  const body = { inputs: items.map((item) => ({ id: item.id, properties: propertiesOf(item) })) };
  try {
    return readResults(await hub.request({ name, method: "POST", path, body }, asker), name, items);
  } catch (error) {
    if (!isAppError(error) || (error.code !== "hubspot.invalid" && error.code !== "hubspot.not_found")) throw error;
    const { code, message, details } = error;
    throw new AppError({ code, recovery: "skip", message, details, cause: error });
  }
}

function propertiesOf(item: WriteItem): JsonObject {
  return Object.fromEntries(Object.entries(item.values).map(([name, value]) => [propertyName({ name }), wireValue(value)]));
}

/** Text as HubSpot takes it: an empty one clears; numbers without exponent. */
export function wireValue(value: FieldValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  const text = String(value);
  return text.includes("e") ? value.toFixed(12).replace(/\.?0+$/, "") : text;
}

/** 200 and 207 alike: results name the ids written, errors those that were not; what neither names is not taken for written. */
export function readResults(body: unknown, call: string, items: readonly WriteItem[]): readonly Written[] {
  const wire = objectOf(body, call);
  const written = new Set(resultsOf(body, call).map((result) => (isObject(result) ? idOf(result["id"]) : null)));
  const failures = new Map<string, AppError>();
  for (const error of Array.isArray(wire["errors"]) ? wire["errors"].filter(isObject) : []) {
    const context = isObject(error["context"]) ? error["context"] : {};
    const ids = Array.isArray(context["ids"]) ? context["ids"] : Array.isArray(context["id"]) ? context["id"] : [];
    for (const id of ids.map(idOf)) if (id !== null) failures.set(id, recordError(error, id));
  }
  return items.map(({ id }) => {
    const error = failures.get(id);
    if (error !== undefined) return failed(error);
    return written.has(id) ? ok({ id }) : failed(unconfirmed(id).error);
  });
}

function recordError(error: Readonly<Record<string, unknown>>, id: string): AppError {
  const category = textOf(error["category"]) ?? "unknown";
  if (category === "OBJECT_NOT_FOUND") {
    const message = `Record ${id} is gone from HubSpot: deleted or merged. The next sync marks it.`;
    return new AppError({ code: "hubspot.record_gone", recovery: "skip", message, details: { id, category } });
  }
  const message = `HubSpot refuses record ${id}: ${(textOf(error["message"]) ?? category).slice(0, 300)}`;
  return new AppError({ code: "hubspot.invalid", recovery: "skip", message, details: { id, category } });
}

function unconfirmed(id: string): { readonly ok: false; readonly error: AppError } {
  const message = `HubSpot's answer says nothing about record ${id}; it is written again with the next run.`;
  return failed(new AppError({ code: "hubspot.unconfirmed", recovery: "retry", message, details: { id } }));
}

/** Present values of our properties, in the types of the fields; records that are gone are left out. */
async function readLive(
  hub: HubSpot,
  object: string,
  ids: readonly string[],
  fields: readonly string[],
  asker: Asker,
): Promise<readonly LiveRecord[]> {
  const definitions = await readProperties(hub, object, asker);
  const names = fields.map((name) => propertyName({ name }));
  const name = `${object}.read_fields`;
  const pages = await Promise.all(
    chunks([...new Set(ids)], WRITE_BATCH).map(async (chunk) => {
      const body = { inputs: chunk.map((id) => ({ id })), properties: names };
      return resultsOf(await hub.request({ name, method: "POST", path: `${hub.paths.objects(object)}/batch/read`, body }, asker), name);
    }),
  );
  return pages
    .flat()
    .filter(isObject)
    .flatMap((record) => {
      const id = idOf(record["id"]);
      const properties = isObject(record["properties"]) ? record["properties"] : {};
      if (id === null) return [];
      const values = fields.map((field) => [
        field,
        liveValue(properties[propertyName({ name: field })], definitions.get(propertyName({ name: field }))),
      ]);
      return [{ id, values: Object.fromEntries(values) }];
    });
}

function liveValue(raw: unknown, property: Property | undefined): FieldValue {
  const text = textOf(raw);
  if (text === null) return null;
  switch (property?.type) {
    case "number":
      return numberOf(text);
    case "date":
      return instantOf(text)?.slice(0, 10) ?? text;
    case "datetime":
      return instantOf(text) ?? text;
    default:
      return text;
  }
}
