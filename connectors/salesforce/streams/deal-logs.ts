import type { Checkpoint, Page, Stream, StreamContext } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import { type Instant, parseInstant } from "#core/time/instant.ts";
import { idsOf, isRow, type Mapped, mapRow, type QueryPage, type Row } from "../decode.ts";
import { FIELD_LOG_FIELDS, fieldLogChanges, STAGE_LOG_FIELDS, stageLogChanges, TRACKED_FIELDS } from "../map-history.ts";
import { among, type Condition, compare, recordId, soql, text } from "../soql.ts";
import { cursorOf, readByIds, settledUntil } from "../window.ts";
import { checkpointOf, refuseUnknown, simpleCheckpoint } from "../window-state.ts";
import { type IncrementalSpec, pages, type RowMap, type StreamDeps } from "./incremental.ts";
import { cutPages } from "./pages.ts";

interface DealLog {
  readonly name: string;
  readonly emits: IncrementalSpec["emits"];
  readonly object: string;
  readonly fields: readonly string[];
  readonly where: readonly Condition[];
  readonly map: (rows: readonly Row[]) => ReturnType<typeof stageLogChanges>;
}

/** The stage log: always on, values after each change of stage, amount, probability or close date. */
export function stageHistoryStream(deps: StreamDeps): Stream {
  return dealLogStream(deps, {
    name: "stage-history",
    emits: ["stageEntry", "dealChange"],
    object: "OpportunityHistory",
    fields: STAGE_LOG_FIELDS,
    where: [],
    map: stageLogChanges,
  });
}

/** The field history: owners and what else the org tracks, from the day it was switched on, for 18 to 24 months. */
export function fieldHistoryStream(deps: StreamDeps): Stream {
  const where = [among("Field", TRACKED_FIELDS.map(text))];
  return dealLogStream(deps, {
    name: "field-history",
    emits: ["dealChange"],
    object: "OpportunityFieldHistory",
    fields: FIELD_LOG_FIELDS,
    where,
    map: fieldLogChanges,
  });
}

/** Reads a log deal by deal, because a row means something only beside the one before it. First all of it in the order of deals; from then
 *  on the logs of those deals that changed: no log row is written without its deal changing too. */
function dealLogStream(deps: StreamDeps, log: DealLog): Stream {
  return { name: log.name, mode: "incremental", emits: log.emits, read: (from, context) => read(deps, log, from, context) };
}

async function* read(deps: StreamDeps, log: DealLog, from: Checkpoint | null, context: StreamContext): AsyncGenerator<Page, void, void> {
  refuseUnknown(from, log.name);
  deps.schema.begin(log.name, log.object);
  const object = await deps.schema.object(log.object, context);
  if (object === null) {
    context.log.info({ object: log.object }, "object not offered by the org, nothing to read");
    return;
  }
  const fields = [...new Set(["Id", ...deps.schema.readable(object, log.fields)])];
  const scan = from === null ? { since: settledUntil(deps), after: null } : scanOf(from);
  if (scan !== null) yield* readAll(deps, log, fields, scan, context);
  else yield* readChanged(deps, log, from, context);
}

/** A first reading under way: deals up to `after` are read; what changes from `since` on is read afterwards. */
interface Scan {
  readonly since: Instant;
  readonly after: string | null;
}

function scanOf(checkpoint: Checkpoint): Scan | null {
  const scan = isRow(checkpoint.data) ? checkpoint.data["scan"] : undefined;
  if (!isRow(scan) || typeof scan["since"] !== "string") return null;
  const since = parseInstant(scan["since"]);
  const after = scan["after"];
  return since === null ? null : { since, after: typeof after === "string" ? after : null };
}

type DealRows = readonly [dealId: string, rows: readonly Row[]];

async function* readAll(
  deps: StreamDeps,
  log: DealLog,
  fields: readonly string[],
  scan: Scan,
  context: StreamContext,
): AsyncGenerator<Page, void, void> {
  let { after } = scan;
  for await (const { deals, isEnd } of scanDeals(deps, log, fields, scan, context)) {
    const end = isEnd ? await scanned(deps, scan, context) : null;
    const before = after;
    const checkpointAfter = (count: number): Checkpoint =>
      end !== null && count >= deals.length
        ? end
        : simpleCheckpoint({ scan: { since: scan.since, after: deals[count - 1]?.[0] ?? before } });
    for (const page of cutPages(deals.length, (index) => mapDeal(log, deals[index]?.[1] ?? []), checkpointAfter)) {
      yield page;
      if (context.signal.aborted) return;
    }
    after = deals.at(-1)?.[0] ?? after;
  }
}

/** Whole logs of deals in the order of their ids. */
async function* scanDeals(deps: StreamDeps, log: DealLog, fields: readonly string[], scan: Scan, context: StreamContext) {
  let { after } = scan;
  let open: readonly Row[] = [];
  let page = await openScan(deps, log, fields, after, context);
  for (;;) {
    const rows = [...open, ...page.records];
    const { whole, rest } = page.done ? { whole: rows, rest: [] } : withoutLastDeal(rows);
    const deals: readonly DealRows[] = [...byDeal(whole)];
    yield { deals, isEnd: page.done };
    if (page.done) return;
    after = deals.at(-1)?.[0] ?? after;
    const next = await nextOfScan(deps, log, page, context);
    open = next === null ? [] : rest;
    page = next ?? (await openScan(deps, log, fields, after, context));
  }
}

/** Null: Salesforce has forgotten the place in the result, so it is asked again from the last whole deal. */
async function nextOfScan(deps: StreamDeps, log: DealLog, page: QueryPage, context: StreamContext): Promise<QueryPage | null> {
  try {
    return await deps.client.nextPage(`${log.object}.scan`, page.nextRecordsUrl ?? "", context);
  } catch (error) {
    if (!isAppError(error) || error.code !== "salesforce.locator_expired") throw error;
    context.log.warn({ object: log.object }, "place in the result was lost, going on from the last deal");
    return null;
  }
}

async function openScan(
  deps: StreamDeps,
  log: DealLog,
  fields: readonly string[],
  after: string | null,
  context: StreamContext,
): Promise<QueryPage> {
  const where = [...log.where, ...(after === null ? [] : [compare("OpportunityId", ">", recordId(after))])];
  const query = soql({ object: log.object, fields, where, orderBy: ["OpportunityId", "CreatedDate", "Id"] });
  return await deps.client.query(`${log.object}.scan`, query, context, true);
}

/** The rows but those of the last deal, whose log may go on in the next page. */
function withoutLastDeal(rows: readonly Row[]): { readonly whole: readonly Row[]; readonly rest: readonly Row[] } {
  const open = rows.at(-1)?.["OpportunityId"];
  const start = rows.findIndex((row) => row["OpportunityId"] === open);
  return start < 0 ? { whole: rows, rest: [] } : { whole: rows.slice(0, start), rest: rows.slice(start) };
}

/** After the first reading the stream goes on with deals that changed since it began. */
async function scanned(deps: StreamDeps, scan: Scan, context: StreamContext): Promise<Checkpoint> {
  const deal = await deps.schema.object("Opportunity", context);
  return checkpointOf({ readUpTo: scan.since, span: null, fields: deal === null ? ["Id"] : ["Id", cursorOf(deal)] });
}

async function* readChanged(
  deps: StreamDeps,
  log: DealLog,
  from: Checkpoint | null,
  context: StreamContext,
): AsyncGenerator<Page, void, void> {
  const wanted = {
    source: { object: log.object, fields: log.fields, where: log.where },
    key: "OpportunityId",
    orderBy: ["OpportunityId", "CreatedDate", "Id"],
  };
  const logsOf = async (deals: readonly Row[]): Promise<RowMap> => {
    const rows: Row[] = [];
    for await (const row of readByIds(deps, wanted, idsOf(deals), context)) rows.push(row);
    const logs = byDeal(rows);
    return (deal) => log.map(logs.get(String(deal["Id"])) ?? []);
  };
  const { name, emits } = log;
  yield* pages(deps, { name, emits, source: { object: "Opportunity", fields: ["Id"] }, mapper: logsOf }, from, context);
}

function mapDeal(log: DealLog, rows: readonly Row[]): Mapped {
  const [first] = rows;
  return first === undefined ? { changes: [], rejects: [] } : mapRow(log.emits[0], first, () => log.map(rows));
}

function byDeal(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => String(row["OpportunityId"]));
}
