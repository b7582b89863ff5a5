import type { Clock } from "#core/clock.ts";
import type { Writer } from "#core/connector.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { Automation } from "#core/records.ts";
import { failed, ok, type Result } from "#core/result.ts";
import type { Rng } from "#core/rng.ts";
import type { FieldValue, LiveRecord, WriteItem, WriteTarget } from "#core/writeback.ts";
import { type RetryPolicy, withRetry } from "#kit/retry.ts";
import { automationsOn } from "./automations.ts";
import type { CallContext } from "./client.ts";
import { badAnswer, isRow, type Row, reference } from "./decode.ts";
import { rowFailure, toAppError } from "./errors.ts";
import { apiName, ensureFields, type FieldDeps, objectOf, readiness } from "./fields.ts";
import { type FieldInfo, requiredObject } from "./schema.ts";
import { among, recordId, soql } from "./soql.ts";
import { allRows, IDS_PER_QUERY } from "./window.ts";

/** Most records of one collection call. */
export const WRITE_BATCH = 200;

/** A lock is held for seconds: a row is tried again a few times before it goes back to the caller. */
const LOCK_RETRY: RetryPolicy = { attempts: 4, totalMs: 60_000, baseMs: 2_000, capMs: 15_000 };

/** Assignment rules must not re-own a record because a score was written, nor duplicate rules refuse it. */
const HEADERS = { "Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=true" };

export interface WriterDeps extends FieldDeps {
  readonly clock: Clock;
  readonly rng: Rng;
}

type RowResult = Result<{ readonly id: string }, AppError>;

export function createWriter(deps: WriterDeps): Writer {
  /** Account of each record read: neighbours under one account follow each other, so that they don't wait for its lock by turns. */
  const accounts = new Map<string, string>();
  return {
    ensureFields: (specs, { dryRun, signal }) => ensureFields(deps, specs, dryRun, { signal }),
    readiness: (specs, signal) => readiness(deps, specs, { signal }),
    write: (batch, signal) => write(deps, accounts, batch, { signal }),
    read: (target, ids, fields, signal) => read(deps, accounts, { target, ids, fields }, { signal }),
    automations: (target, signal) => automations(deps, target, { signal }),
  };
}

async function automations(deps: WriterDeps, target: WriteTarget, context: CallContext): Promise<readonly Automation[]> {
  const object = objectOf(target);
  return object === null ? [] : await automationsOn(deps.client, object, context);
}

interface Pending {
  readonly index: number;
  readonly record: Row;
  readonly account: string;
}

async function write(
  deps: WriterDeps,
  accounts: ReadonlyMap<string, string>,
  batch: readonly WriteItem[],
  context: CallContext,
): Promise<readonly RowResult[]> {
  const results = new Map<number, RowResult>();
  const pending: Pending[] = [];
  for (const [index, item] of batch.entries()) {
    const object = objectOf(item.target);
    if (object === null) results.set(index, failed(notWritable(item.target)));
    else pending.push({ index, record: await wireRecord(deps, object, item, context), account: accounts.get(item.id) ?? "" });
  }
  pending.sort((a, b) => (a.account === b.account ? a.index - b.index : a.account < b.account ? -1 : 1));
  for (let start = 0; start < pending.length; start += WRITE_BATCH) {
    await writeChunk(deps, pending.slice(start, start + WRITE_BATCH), results, context);
  }
  return batch.map((_, index) => results.get(index) ?? failed(noResult()));
}

/** Sends a chunk, and again those of its rows that only met a lock. */
async function writeChunk(
  deps: WriterDeps,
  chunk: readonly Pending[],
  results: Map<number, RowResult>,
  context: CallContext,
): Promise<void> {
  let open = chunk;
  const send = async (): Promise<void> => {
    const answers = await patch(deps, open, context);
    open.forEach((row, position) => {
      results.set(row.index, answers[position] ?? failed(noResult()));
    });
    open = open.filter((row) => isLocked(results.get(row.index)));
    if (open.length > 0) throw lockedRows(open.length);
  };
  try {
    await withRetry(send, { policy: LOCK_RETRY, clock: deps.clock, rng: deps.rng, signal: context.signal });
  } catch (error) {
    // What is still locked stands in the results; it stays due.
    if (!isAppError(error) || error.code !== "salesforce.locked_rows") throw error;
  }
}

async function patch(deps: WriterDeps, rows: readonly Pending[], context: CallContext): Promise<readonly RowResult[]> {
  const body = { allOrNone: false, records: rows.map((row) => row.record) };
  const request = { name: "records.update", method: "PATCH", path: "/composite/sobjects", body, headers: HEADERS } as const;
  return await deps.client.request(request, context, (answer) => {
    if (!Array.isArray(answer) || answer.length !== rows.length) throw badAnswer("one result for each record");
    return answer.map((entry: unknown, position) => rowResult(entry, String(rows[position]?.record["id"] ?? "")));
  });
}

/** A failed row carries no id: its place in the list says which it is. */
function rowResult(entry: unknown, id: string): RowResult {
  if (isRow(entry) && entry["success"] === true) return ok({ id });
  const errors = isRow(entry) && Array.isArray(entry["errors"]) ? entry["errors"] : [];
  return failed(toAppError(rowFailure(errors[0]), undefined, { id }));
}

function isLocked(result: RowResult | undefined): boolean {
  return result !== undefined && !result.ok && result.error.code === "salesforce.locked";
}

async function wireRecord(deps: WriterDeps, object: string, item: WriteItem, context: CallContext): Promise<Row> {
  const info = await requiredObject(deps.schema, object, context);
  const values = Object.entries(item.values).map(([name, value]) => [apiName(name), toWire(info.fields.get(apiName(name)), value)]);
  return { attributes: { type: object }, id: item.id, ...Object.fromEntries(values) };
}

/** Salesforce counts percentages to 100; ours are shares. */
function toWire(field: FieldInfo | undefined, value: FieldValue): FieldValue {
  if (field?.type !== "percent" || typeof value !== "number") return value;
  return Number((value * 100).toFixed(field.scale));
}

interface Wanted {
  readonly target: WriteTarget;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
}

async function read(deps: WriterDeps, accounts: Map<string, string>, wanted: Wanted, context: CallContext): Promise<readonly LiveRecord[]> {
  const object = objectOf(wanted.target);
  if (object === null) throw notWritable(wanted.target);
  const info = await requiredObject(deps.schema, object, context);
  const names = wanted.fields.map(apiName);
  const hidden = names.filter((name) => !info.fields.has(name));
  if (hidden.length > 0) throw hiddenFields(object, hidden);
  const fields = ["Id", ...deps.schema.readable(info, ["AccountId"]), ...names];
  const live: LiveRecord[] = [];
  for (let start = 0; start < wanted.ids.length; start += IDS_PER_QUERY) {
    const where = [among("Id", wanted.ids.slice(start, start + IDS_PER_QUERY).map(recordId))];
    for await (const row of allRows(deps, "records.read", soql({ object, fields, where, orderBy: ["Id"] }), context)) {
      const id = reference(row, "Id");
      if (id === null) continue;
      const account = reference(row, "AccountId");
      if (account !== null) accounts.set(id, account);
      const values = wanted.fields.map((name) => [name, fromWire(info.fields.get(apiName(name)), row[apiName(name)])]);
      live.push({ id, values: Object.fromEntries(values) });
    }
  }
  return live;
}

function fromWire(field: FieldInfo | undefined, value: unknown): FieldValue {
  if (typeof value === "number") return field?.type === "percent" ? Number((value / 100).toFixed(field.scale + 2)) : value;
  if (typeof value !== "string") return typeof value === "boolean" ? String(value) : null;
  return field?.type === "datetime" ? value.replace(/\+0000$/, "Z") : value;
}

function notWritable(target: WriteTarget): AppError {
  return new AppError({
    code: "salesforce.target",
    recovery: "configure",
    message: `Salesforce connections can't write to '${target}' yet: take its fields out of writeback.`,
  });
}

function hiddenFields(object: string, fields: readonly string[]): AppError {
  return new AppError({
    code: "salesforce.fields",
    recovery: "configure",
    message: `${fields.map((field) => `${object}.${field}`).join(", ")} can't be read: run 'writeback provision', or assign the permission set Scorekeeper_Edit.`,
    details: { object },
  });
}

function lockedRows(count: number): AppError {
  return new AppError({ code: "salesforce.locked_rows", recovery: "retry", message: `${count} records are locked.`, details: { count } });
}

function noResult(): AppError {
  return new AppError({ code: "salesforce.bad_answer", recovery: "retry", message: "Salesforce gave no result for this record." });
}
