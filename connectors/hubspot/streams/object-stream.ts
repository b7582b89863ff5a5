import type { Page, Reject, Stream, StreamContext } from "#core/connector.ts";
import type { Change, IdRange, RecordType } from "#core/records.ts";
import type { Asker, HubSpot } from "../client.ts";
import { brokenReject, type RecordPage, type WireRecord } from "../decode.ts";
import type { Mapped } from "../map.ts";
import type { ObjectQuery } from "../properties.ts";
import { compareIds } from "./ids.ts";
import { loops } from "./loops.ts";
import { checkpointOf, finished, nextTask, type Progress, progressOf, type Schedule, shouldList, type Task, WHOLE } from "./progress.ts";
import { archivedPage, batchRead, lastId, linkedRecords, listPage, listSize, searchPage } from "./read.ts";
import { walk } from "./walk.ts";

/** One kind of CRM object as a stream: what is asked, and what it becomes. */
export interface ObjectSpec {
  readonly name: string;
  readonly query: ObjectQuery;
  /** What the object itself becomes; deletions and sweeps are about these. */
  readonly type: "deal" | "account" | "contact" | "activity" | "target";
  readonly emits: readonly RecordType[];
  /** What stands before HubSpot's id in the warehouse, where several objects become one type. */
  readonly prefix?: string;
  /** `linksAreWhole`: the links were read to the end, so those missing have ended. */
  readonly map: (record: WireRecord, linksAreWhole: boolean) => Mapped;
}

export interface ObjectStreamDeps {
  readonly hub: HubSpot;
  readonly schedule: Schedule;
  readonly walkers: number;
}

type ListTask = Extract<Task, { kind: "list" }>;
type SearchTask = Extract<Task, { kind: "search" }>;
type ArchivedTask = Extract<Task, { kind: "archived" }>;

interface Run extends ObjectStreamDeps {
  readonly spec: ObjectSpec;
  readonly asker: Asker;
}

/** First load by list, increments by search in closed windows, deleted ones by their own list, everything again now and then. */
export function objectStream(spec: ObjectSpec, deps: ObjectStreamDeps): Stream {
  return {
    name: spec.name,
    mode: "incremental",
    emits: spec.emits,
    read: (from, context) => read({ ...deps, spec, asker: context }, progressOf(from), context),
  };
}

async function* read(run: Run, start: Progress, context: StreamContext): AsyncGenerator<Page, void, void> {
  await run.hub.syncClock(run.asker);
  const done = new Set<Task["kind"]>();
  let progress = start;
  for (;;) {
    const task = nextTask(progress, context.clock.now(), run.schedule, done);
    if (task === null) return;
    for await (const [page, after] of perform(run, progress, task)) {
      progress = after;
      yield { ...page, checkpoint: checkpointOf(progress) };
      if (context.signal.aborted) return;
    }
    // A search that met a mass update goes on as a list.
    if (progress.task === null) done.add(task.kind);
  }
}

type Step = readonly [Omit<Page, "checkpoint">, Progress];

function perform(run: Run, progress: Progress, task: Task): AsyncGenerator<Step, void, void> {
  switch (task.kind) {
    case "list":
      return list(run, progress, task);
    case "archived":
      return archived(run, progress, task);
    case "search":
      return search(run, progress, task);
  }
}

async function* list(run: Run, progress: Progress, task: ListTask): AsyncGenerator<Step, void, void> {
  const { hub, spec, asker } = run;
  let { seen } = task;
  const batches = walk({
    parts: task.parts,
    walkers: run.walkers,
    pageSize: listSize(spec.query),
    batchSize: spec.query.history.length > 0 ? BATCH_SIZE.withHistory : BATCH_SIZE.plain,
    fetch: (token) => listPage(hub, spec.query, token, asker),
    lastId: () => lastId(hub, spec.query, asker),
  });
  for await (const batch of batches) {
    // The first load finds no links that could have ended since.
    const page = mapped(run, batch, progress.listedAt !== null);
    for (const { ids, within } of batch.covered) page.changes.push(presence(spec, ids, within));
    seen += batch.records.length;
    const next: ListTask = { ...task, parts: batch.rest, seen };
    yield [page, batch.rest.length === 0 ? finished(progress, next) : { ...progress, task: next }];
  }
}

/** Records of a page: with their histories or links about a thousand changes. */
const BATCH_SIZE = { withHistory: 50, plain: 300 };

async function* archived(run: Run, progress: Progress, task: ArchivedTask): AsyncGenerator<Step, void, void> {
  const { hub, spec, asker } = run;
  const tokens = new Set<string>();
  for (let { token } = task; ; ) {
    const page = await archivedPage(hub, spec.query, token, asker);
    const gone = page.records.map((record): Change => ({ type: spec.type, op: "delete", id: warehouseId(spec, record.id) }));
    token = page.after;
    const isLast = token === null;
    if (token !== null && tokens.has(token)) throw loops(spec.name, token);
    if (token !== null) tokens.add(token);
    const after: Progress = isLast ? finished(progress, task) : { ...progress, task: { ...task, token } };
    yield [{ changes: gone, rejects: [], received: page.records.length }, after];
    if (isLast) return;
  }
}

/** Search pages gathered before their links or histories are read in batches: a page of about a thousand changes. */
const GATHERED = { withHistory: 1, plain: 5 };

async function* search(run: Run, progress: Progress, task: SearchTask): AsyncGenerator<Step, void, void> {
  for (let { after } = task; ; ) {
    const found = await gather(run, task, after, (total) => after === "0" && shouldList(total, progress.size));
    if (found === "too many") {
      const instead: ListTask = { kind: "list", startedAt: task.to, parts: [WHOLE], seen: 0 };
      yield [
        { changes: [], rejects: [], received: 0 },
        { ...progress, task: instead },
      ];
      return;
    }
    const page = mapped(run, await completed(run, found), true);
    after = found.last;
    yield [page, found.isLast ? finished(progress, task) : { ...progress, task: { ...task, after } }];
    if (found.isLast) return;
  }
}

interface Found {
  readonly records: readonly WireRecord[];
  readonly broken: RecordPage["broken"];
  readonly last: string;
  readonly isLast: boolean;
}

/** The next records of a window behind id `start`, one search after the other: each begins behind the last id found. */
async function gather(
  run: Run,
  task: SearchTask,
  start: string,
  isTooMany: (total: number | null) => boolean,
): Promise<Found | "too many"> {
  const { hub, spec, asker } = run;
  const records: WireRecord[] = [];
  const broken: RecordPage["broken"][number][] = [];
  let last = start;
  for (let left = spec.query.history.length > 0 ? GATHERED.withHistory : GATHERED.plain; left > 0; left -= 1) {
    const page = await searchPage(hub, spec.query, task, last, asker);
    if (last === start && isTooMany(page.total)) return "too many";
    const end = page.records.at(-1)?.id ?? last;
    if (page.records.length > 0 && compareIds(end, last) <= 0) throw loops(spec.name, end);
    records.push(...page.records);
    broken.push(...page.broken);
    last = end;
    if (page.records.length === 0 || (page.total !== null && page.total <= page.records.length))
      return { records, broken, last, isLast: true };
  }
  return { records, broken, last, isLast: false };
}

/** Found records with what search does not give: histories and links. A record that answers under another id was merged into it. */
async function completed({ hub, spec, asker }: Run, found: Found): Promise<Pick<RecordPage, "records" | "broken">> {
  const { records, broken } = found;
  if (records.length === 0) return { records, broken };
  if (spec.query.history.length === 0) return { records: await linkedRecords(hub, spec.query, records, asker), broken };
  const ids = records.map((record) => record.id);
  const fresh = await batchRead(hub, spec.query, ids, asker);
  return { records: await linkedRecords(hub, spec.query, fresh.records, asker), broken: [...broken, ...fresh.broken] };
}

function mapped(
  run: Run,
  page: Pick<RecordPage, "records" | "broken">,
  linksAreWhole: boolean,
): { changes: Change[]; rejects: Reject[]; received: number } {
  const { spec } = run;
  const changes: Change[] = [];
  const rejects: Reject[] = page.broken.map((broken) => brokenReject(spec.type, broken));
  for (const record of page.records) {
    const made = spec.map(record, linksAreWhole);
    for (const change of made.changes) changes.push(change);
    for (const reject of made.rejects) rejects.push(reject);
  }
  return { changes, rejects, received: page.records.length + page.broken.length };
}

function warehouseId(spec: ObjectSpec, id: string): string {
  return `${spec.prefix ?? ""}${id}`;
}

function presence(spec: ObjectSpec, ids: readonly string[], within: IdRange): Change {
  const end = (id: string | null): string | null => (id === null ? null : warehouseId(spec, id));
  const range = spec.prefix === undefined ? within : { ...within, after: end(within.after), upTo: end(within.upTo), prefix: spec.prefix };
  return { type: spec.type, op: "present", ids: ids.map((id) => warehouseId(spec, id)), within: range };
}
