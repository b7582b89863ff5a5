import type { Checkpoint, StreamContext } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import { type Instant, instantFromMs, msOf } from "#core/time/instant.ts";
import type { Client } from "./client.ts";
import type { SalesforceSettings } from "./config.ts";
import { instantOf, ownId, type QueryPage, type Row } from "./decode.ts";
import type { ObjectInfo, Schema } from "./schema.ts";
import { all, among, any, type Condition, compare, moment, recordId, soql } from "./soql.ts";
import { checkpointOf, type Position, type Span, stateOf, type WindowState } from "./window-state.ts";

/** What the readers work with; the same for every stream of a connection. */
export interface ReadDeps {
  readonly client: Client;
  readonly schema: Schema;
  readonly settings: SalesforceSettings;
}

/** Rows of one object to be read as they change. */
export interface Source {
  readonly object: string;
  /** Wanted fields; those the integration user can't see are left out. Id and the cursor come by themselves. */
  readonly fields: readonly string[];
  readonly where?: readonly Condition[];
}

/** One answer of Salesforce: up to 2,000 rows in order. */
export interface Batch {
  readonly rows: readonly Row[];
  /** Where a reader stands that has dealt with the first `count` rows. */
  checkpointAfter(count: number): Checkpoint;
}

/** Which time stamp an object is read by: the first of these it has. History objects know only when they were created. */
const CURSORS = ["SystemModstamp", "LastModifiedDate", "CreatedDate"];
const SHORTEST_SPAN_MS = 60_000;
/** Nothing in an org is older. */
const BEGINNING = instantFromMs(Date.UTC(1999, 0, 1));

interface Plan {
  readonly source: Source;
  readonly fields: readonly string[];
  readonly cursor: string;
}

/** Reads what changed since the checkpoint in the order (time stamp, Id), deleted and archived rows included, in closed spans: a span ends
 *  `settleMs` before the server's now, because commits become visible out of order, and the next one begins `overlapMs` before that end.
 *  The watermark is the end of the span, never the last row. Ends without a batch where the object is not offered to us. */
export async function* readChanges(deps: ReadDeps, source: Source, from: Checkpoint | null, context: StreamContext): AsyncGenerator<Batch> {
  const plan = await planFor(deps, source, context);
  if (plan === null) return;
  let state = stateOf(from, plan.fields, source.object);
  const target = settledUntil(deps);
  for (let span = nextSpan(state, target, deps); span !== null; span = nextSpan(state, target, deps)) {
    for await (const batch of readSpan(deps, plan, span, state.readUpTo, context)) {
      state = batch.stateAfter(batch.rows.length);
      yield { rows: batch.rows, checkpointAfter: (count) => checkpointOf(batch.stateAfter(count)) };
      if (context.signal.aborted) return;
    }
  }
}

interface SpanBatch {
  readonly rows: readonly Row[];
  stateAfter(count: number): WindowState;
}

async function* readSpan(
  deps: ReadDeps,
  firstPlan: Plan,
  firstSpan: Span,
  readUpTo: Instant | null,
  context: StreamContext,
): AsyncGenerator<SpanBatch> {
  let opened = await openSpan(deps, firstPlan, firstSpan, context);
  for (;;) {
    const { plan, span, page } = opened;
    const stateAfter = (count: number): WindowState => stateIn(opened, readUpTo, count);
    yield { rows: page.records, stateAfter };
    if (page.done) return;
    const last = page.records.at(-1);
    const reached = last === undefined ? span : { ...span, after: positionOf(last, plan.cursor) };
    opened = await following(deps, plan, reached, page, context);
  }
}

function stateIn({ plan, span, page }: Opened, readUpTo: Instant | null, count: number): WindowState {
  const { fields } = plan;
  if (page.done && count >= page.records.length) return { readUpTo: span.until, span: null, fields };
  const row = page.records[count - 1];
  return { readUpTo, span: row === undefined ? span : { ...span, after: positionOf(row, plan.cursor) }, fields };
}

interface Opened {
  readonly plan: Plan;
  readonly span: Span;
  readonly page: QueryPage;
}

/** First page of a span. A field that vanished since we looked is dropped; a span too long for Salesforce is halved. */
async function openSpan(deps: ReadDeps, plan: Plan, span: Span, context: StreamContext): Promise<Opened> {
  const name = `${plan.source.object}.changes`;
  try {
    return { plan, span, page: await deps.client.query(name, spanSoql(plan, span), context, true) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === "salesforce.schema") return await withoutLostFields(deps, plan, span, context, error);
    const shorter = error.code === "salesforce.query_timeout" ? halved(span) : null;
    if (shorter === null) throw error;
    context.log.warn({ object: plan.source.object, until: shorter.until }, "query took too long, reading a shorter span");
    return await openSpan(deps, plan, shorter, context);
  }
}

async function withoutLostFields(deps: ReadDeps, plan: Plan, span: Span, context: StreamContext, error: AppError): Promise<Opened> {
  deps.schema.forget(plan.source.object);
  const fresh = await planFor(deps, plan.source, context);
  if (fresh === null || fresh.fields.length >= plan.fields.length) throw error;
  const lost = plan.fields.filter((field) => !fresh.fields.includes(field));
  context.log.warn({ object: plan.source.object, fields: lost.join(",") }, "fields were removed or hidden, reading without them");
  return await openSpan(deps, fresh, span, context);
}

/** The next page; when Salesforce has forgotten the place in the result, the query is asked again from the last row seen. */
async function following(deps: ReadDeps, plan: Plan, span: Span, page: QueryPage, context: StreamContext): Promise<Opened> {
  try {
    const next = await deps.client.nextPage(`${plan.source.object}.changes`, page.nextRecordsUrl ?? "", context);
    if (next.nextRecordsUrl !== null && next.nextRecordsUrl === page.nextRecordsUrl) throw pagingLoop(plan.source.object);
    return { plan, span, page: next };
  } catch (error) {
    if (!isAppError(error) || error.code !== "salesforce.locator_expired") throw error;
    context.log.warn({ object: plan.source.object }, "place in the result was lost, going on from the last row");
    return await openSpan(deps, plan, span, context);
  }
}

function spanSoql(plan: Plan, span: Span): string {
  const { cursor, source } = plan;
  const lower = span.after?.at ?? span.from;
  const where = [
    ...(source.where ?? []),
    ...(lower === null ? [] : [compare(cursor, ">=", moment(lower))]),
    compare(cursor, "<", moment(span.until)),
    ...(span.after === null ? [] : [afterRow(cursor, span.after)]),
  ];
  return soql({ object: source.object, fields: plan.fields, where, orderBy: [cursor, "Id"] });
}

/** Rows behind one position: a plain `>` would lose rows that share the last second. */
function afterRow(cursor: string, position: Position): Condition {
  const at = moment(position.at);
  return any([compare(cursor, ">", at), all([compare(cursor, "=", at), compare("Id", ">", recordId(position.id))])]);
}

function positionOf(row: Row, cursor: string): Position {
  const at = instantOf(row, cursor);
  if (at === null) throw pagingLoop(cursor);
  return { at, id: ownId(row) };
}

function halved(span: Span): Span | null {
  const start = msOf(span.after?.at ?? span.from ?? BEGINNING);
  const length = msOf(span.until) - start;
  return length <= SHORTEST_SPAN_MS ? null : { ...span, until: wholeSecond(start + length / 2) };
}

function nextSpan(state: WindowState, target: Instant, deps: ReadDeps): Span | null {
  if (state.span !== null) return state.span;
  if (state.readUpTo === null) return { from: null, until: target, after: null };
  if (target <= state.readUpTo) return null;
  return { from: wholeSecond(msOf(state.readUpTo) - deps.settings.overlapMs), until: target, after: null };
}

/** Up to when rows are read in a span that begins now: everything before has settled. */
export function settledUntil(deps: Pick<ReadDeps, "client" | "settings">): Instant {
  return wholeSecond(msOf(deps.client.time.now()) - deps.settings.settleMs);
}

function wholeSecond(ms: number): Instant {
  return instantFromMs(Math.floor(ms / 1000) * 1000);
}

async function planFor(deps: ReadDeps, source: Source, context: StreamContext): Promise<Plan | null> {
  const object = await deps.schema.object(source.object, context);
  if (object === null) {
    context.log.info({ object: source.object }, "object not offered by the org, nothing to read");
    return null;
  }
  const cursor = cursorOf(object);
  const fields = [...new Set(["Id", ...deps.schema.readable(object, source.fields), cursor])];
  return { source, fields, cursor };
}

/** The field an object is read by. */
export function cursorOf(object: ObjectInfo): string {
  const cursor = CURSORS.find((field) => object.fields.has(field));
  if (cursor !== undefined) return cursor;
  throw new AppError({
    code: "salesforce.no_cursor",
    recovery: "configure",
    message: `${object.name} shows no time stamp to read it by: check the object's permissions.`,
    details: { object: object.name },
  });
}

function pagingLoop(object: string): AppError {
  return new AppError({
    code: "salesforce.paging",
    recovery: "abort",
    message: `The pages of ${object} do not move forward; reading stopped with what was read so far.`,
    details: { object },
  });
}

/** Records of the given ids, a few hundred to a query: an address holds 16,384 bytes. */
export async function* readByIds(
  deps: ReadDeps,
  wanted: { readonly source: Source; readonly key: string; readonly orderBy: readonly string[] },
  ids: readonly string[],
  context: StreamContext,
): AsyncGenerator<Row> {
  const object = await deps.schema.object(wanted.source.object, context);
  if (object === null) return;
  const fields = [...new Set(["Id", ...deps.schema.readable(object, wanted.source.fields)])];
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const part = ids.slice(start, start + IDS_PER_QUERY).map(recordId);
    const where = [...(wanted.source.where ?? []), among(wanted.key, part)];
    yield* allRows(
      deps,
      `${wanted.source.object}.by_id`,
      soql({ object: wanted.source.object, fields, where, orderBy: wanted.orderBy }),
      context,
      true,
    );
  }
}

/** An id takes 23 bytes in an encoded address; some of its 16,384 bytes are left to the headers. */
export const IDS_PER_QUERY = 550;

/** Every row of a query, page after page. */
export async function* allRows(
  deps: Pick<ReadDeps, "client">,
  name: string,
  query: string,
  context: Pick<StreamContext, "signal"> & Partial<Pick<StreamContext, "budget">>,
  withDeleted = false,
): AsyncGenerator<Row> {
  let page = await deps.client.query(name, query, context, withDeleted);
  for (;;) {
    yield* page.records;
    if (page.done) return;
    const next = await deps.client.nextPage(name, page.nextRecordsUrl ?? "", context);
    if (next.nextRecordsUrl !== null && next.nextRecordsUrl === page.nextRecordsUrl) throw pagingLoop(name);
    page = next;
  }
}
