import { AppError } from "#core/errors.ts";
import type { IdRange } from "#core/records.ts";
import type { RecordPage, WireRecord } from "../decode.ts";
import { areAscending, compareIds, cuts, idAfter, isNumericId, span } from "./ids.ts";
import type { Part } from "./progress.ts";

/** Records of one or several pages, with the stretches of ids they are all of, and what is left after them. */
export interface Batch {
  readonly records: readonly WireRecord[];
  readonly broken: RecordPage["broken"];
  /** Empty when the list does not come in order of ids: then nothing is known about what is gone. */
  readonly covered: readonly { readonly within: IdRange; readonly ids: readonly string[] }[];
  readonly rest: readonly Part[];
}

export interface WalkOptions {
  readonly parts: readonly Part[];
  /** Pages read side by side. */
  readonly walkers: number;
  readonly pageSize: number;
  /** Pages that are there are handed on together until so many records are in a batch. */
  readonly batchSize: number;
  /** One page: the token is HubSpot's own or the id to begin with. */
  readonly fetch: (token: string | null) => Promise<RecordPage>;
  /** The highest id there is, so that the list can be cut into parts; null when unknown. */
  readonly lastId: () => Promise<string | null>;
}

interface Walker {
  part: Part;
  /** How densely ids lie, by the last page that was read of this stretch or of the one it was cut from. */
  pace: Pace | null;
  /** Settles when `page` or `failure` is there. */
  arrival: Promise<void>;
  page: RecordPage | null;
  failure: { readonly error: unknown } | null;
}

interface Pace {
  readonly records: number;
  readonly span: bigint;
}

interface Walk {
  readonly options: WalkOptions;
  readonly walkers: Walker[];
  /** HubSpot lists by id and its token is the id of the next record: null until the first page has shown it. */
  isOrdered: boolean | null;
  lastId: string | null;
  splits: number;
  readonly tokens: Set<string>;
}

/** Splitting a stretch that turns out empty costs one request; more than this many are not worth it. */
const MAX_SPLITS = 48;
/** A stretch is worth splitting when about so many pages are left in it. */
const WORTH_PAGES = 6;

/** Lists every record once, several stretches of ids side by side: a page token is the id of the next record, so a list can be
 *  entered anywhere. While the taker works on a batch the next pages are already under way, one for each stretch. */
export async function* walk(options: WalkOptions): AsyncGenerator<Batch, void, void> {
  const state: Walk = {
    options,
    walkers: [],
    isOrdered: options.parts.length > 1 ? true : null,
    lastId: null,
    splits: 0,
    tokens: new Set(),
  };
  for (const part of options.parts) state.walkers.push(begin(options, part, null));
  while (state.walkers.length > 0) {
    await Promise.race(state.walkers.map((walker) => walker.arrival));
    yield await collect(state);
  }
}

function begin(options: WalkOptions, part: Part, pace: Pace | null): Walker {
  const walker: Walker = { part, pace, arrival: Promise.resolve(), page: null, failure: null };
  fetchNext(options, walker);
  return walker;
}

function fetchNext(options: WalkOptions, walker: Walker): void {
  const token = walker.part.token ?? (walker.part.after === "0" ? null : idAfter(walker.part.after));
  walker.page = null;
  walker.arrival = options.fetch(token).then(
    (page) => {
      walker.page = page;
    },
    (error: unknown) => {
      walker.failure = { error };
    },
  );
}

/** Takes what has arrived from all walkers and sends each on. */
async function collect(state: Walk): Promise<Batch> {
  const records: WireRecord[] = [];
  const broken: RecordPage["broken"][number][] = [];
  const covered: Batch["covered"][number][] = [];
  for (const walker of [...state.walkers]) {
    if (walker.failure !== null) throw walker.failure.error;
    if (walker.page === null || records.length >= state.options.batchSize) continue;
    const page = walker.page;
    state.isOrdered ??= isInOrder(page);
    const taken = state.isOrdered ? takeOrdered(walker.part, page) : takeAnyhow(walker.part, page, state.tokens);
    records.push(...taken.records);
    broken.push(...page.broken);
    if (taken.within !== null) covered.push({ within: taken.within, ids: idsOf(taken.records, page.broken) });
    walker.pace = paceOf(taken.records) ?? walker.pace;
    if (taken.rest === null) state.walkers.splice(state.walkers.indexOf(walker), 1);
    else {
      walker.part = taken.rest;
      fetchNext(state.options, walker);
    }
  }
  await spread(state);
  return { records, broken, covered, rest: state.walkers.map((walker) => walker.part) };
}

interface Taken {
  readonly records: readonly WireRecord[];
  readonly within: IdRange | null;
  readonly rest: Part | null;
}

function isInOrder(page: RecordPage): boolean {
  const ids = page.records.map((record) => record.id);
  const last = ids.at(-1);
  const { after } = page;
  return areAscending(ids) && (after === null || (isNumericId(after) && (last === undefined || compareIds(after, last) >= 0)));
}

/** What of a page lies in the stretch, and what is left of the stretch. */
export function takeOrdered(part: Part, page: RecordPage): Taken {
  const first = page.records[0]?.id;
  const isBefore = first !== undefined && compareIds(first, part.after) <= 0;
  const isStuck = page.after !== null && compareIds(page.after, part.after) <= 0;
  if (isBefore || isStuck || !isInOrder(page)) throw outOfOrder(part, page);
  const { upTo } = part;
  const records = upTo === null ? page.records : page.records.filter((record) => compareIds(record.id, upTo) <= 0);
  const goesBeyond = upTo !== null && page.after !== null && compareIds(page.after, upTo) > 0;
  const isDone = page.after === null || records.length < page.records.length || goesBeyond;
  if (isDone) return { records, within: { order: "numeric", after: part.after, upTo }, rest: null };
  const last = records.at(-1)?.id ?? part.after;
  const within = last === part.after ? null : ({ order: "numeric", after: part.after, upTo: last } as const);
  if (page.after === part.token) throw outOfOrder(part, page);
  return { records, within, rest: { after: last, token: page.after, upTo } };
}

/** A list without an order that can be relied on: from end to end by HubSpot's tokens, none of which may come twice. */
function takeAnyhow(part: Part, page: RecordPage, tokens: Set<string>): Taken {
  if (page.after === null) return { records: page.records, within: null, rest: null };
  if (tokens.has(page.after)) throw outOfOrder(part, page);
  tokens.add(page.after);
  return { records: page.records, within: null, rest: { ...part, token: page.after } };
}

function outOfOrder(part: Part, page: RecordPage): AppError {
  return new AppError({
    code: "hubspot.page_order",
    recovery: "abort",
    message: `HubSpot's list does not go on behind record ${part.after}: a page came twice or out of order. Set reads.walkers to 1 and sync again.`,
    details: { after: part.after, token: part.token, next: page.after },
  });
}

/** A record that can't be read is there all the same. */
function idsOf(records: readonly WireRecord[], broken: RecordPage["broken"]): readonly string[] {
  return [...records.map((record) => record.id), ...broken.map((item) => item.ref).filter(isNumericId)];
}

function paceOf(records: readonly WireRecord[]): Pace | null {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined || first === last || !isNumericId(first.id) || !isNumericId(last.id)) return null;
  return { records: records.length, span: span(first.id, last.id) };
}

/** Keeps as many walkers busy as may be: the longest stretch left is cut where that is worth a request. */
async function spread(state: Walk): Promise<void> {
  const { options, walkers } = state;
  if (state.isOrdered !== true || options.walkers < 2 || walkers.length === 0) return;
  if (state.lastId === null && state.splits === 0) {
    state.splits += 1;
    state.lastId = await options.lastId();
  }
  while (state.lastId !== null && walkers.length < options.walkers && state.splits < MAX_SPLITS) {
    const longest = longestOf(walkers, state.lastId);
    if (longest === null || longest.left < BigInt(options.pageSize * WORTH_PAGES)) return;
    state.splits += 1;
    if (!split(state, longest.walker, state.lastId)) return;
  }
}

/** Leaves the walker the first piece of its stretch and starts one for each of the others. */
function split({ walkers, options }: Walk, walker: Walker, lastId: string): boolean {
  const { part, pace } = walker;
  const [first, ...rest] = cuts(part.after, part.upTo ?? lastId, options.walkers - walkers.length + 1);
  if (first === undefined) return false;
  walker.part = { ...part, upTo: first };
  const starts = [first, ...rest];
  for (const [index, after] of starts.entries()) {
    walkers.push(begin(options, { after, token: null, upTo: starts[index + 1] ?? part.upTo }, pace));
  }
  return true;
}

/** The walker with most before it: about so many records, if they go on lying as densely as in its last page. */
function longestOf(walkers: readonly Walker[], lastId: string): { readonly walker: Walker; readonly left: bigint } | null {
  let longest: { walker: Walker; left: bigint } | null = null;
  for (const walker of walkers) {
    if (walker.pace === null || walker.pace.span <= 0n) continue;
    const left = (span(walker.part.after, walker.part.upTo ?? lastId) * BigInt(walker.pace.records)) / walker.pace.span;
    if (longest === null || left > longest.left) longest = { walker, left };
  }
  return longest;
}
