import type { SqlRow } from "./bulk.ts";

/** What is stored under an id before the page. */
export interface Present {
  readonly hash: string;
  readonly updatedAt: string | null;
  readonly deletedAt: string | null;
}

/** One thing a page says about an id, in the page's order. */
export type Operation =
  | { readonly op: "upsert"; readonly id: string; readonly updatedAt: string | null; readonly hash: string; readonly row: SqlRow }
  /** Merged away when the id is among the merged ones. */
  | { readonly op: "delete"; readonly id: string }
  /** A sweep listed it: it exists. */
  | { readonly op: "restore"; readonly id: string };

export interface Known {
  readonly present: ReadonlyMap<string, Present>;
  /** Ids that were merged into another record: they never come back. */
  readonly merged: { has(id: string): boolean };
  /** Ids that were deleted before their record arrived, with the time we learned it. */
  readonly tombstones: ReadonlyMap<string, string>;
}

/** What has to be written for one id. `row` is null where the stored content stays. */
export interface Decision {
  readonly id: string;
  readonly kind: "insert" | "change" | "delete" | "stamp";
  readonly row: SqlRow | null;
  readonly hash: string;
  readonly updatedAt: string | null;
  readonly deletedAt: string | null;
}

export interface Folded {
  readonly decisions: readonly Decision[];
  /** Deleted before they were ever seen. */
  readonly unknownDeletes: readonly string[];
  readonly unchanged: number;
  readonly older: number;
}

interface State {
  hash: string;
  updatedAt: string | null;
  deletedAt: string | null;
  row: SqlRow | null;
  isNew: boolean;
  isChanged: boolean;
  isDeleted: boolean;
  isStamped: boolean;
}

interface PageState {
  readonly states: Map<string, State>;
  readonly unknownDeletes: Set<string>;
  unchanged: number;
  older: number;
}

/** Decides what a page means for the stored rows (law 2). Pure.
 *  An older version never overwrites a newer one; equal content is no change; a deleted record comes back only by a version that
 *  is newer than the deletion (or has no time of its own), a merged one never. */
export function fold(operations: readonly Operation[], known: Known, now: string): Folded {
  const page: PageState = { states: new Map(), unknownDeletes: new Set(), unchanged: 0, older: 0 };
  for (const operation of operations) {
    const state = page.states.get(operation.id) ?? stateOf(known.present.get(operation.id));
    if (state === null) meetNew(page, operation, known, now);
    else {
      page.states.set(operation.id, state);
      meetKnown(page, state, operation, known, now);
    }
  }
  const decisions = [...page.states].flatMap(([id, state]) => decide(id, state));
  return { decisions, unknownDeletes: [...page.unknownDeletes], unchanged: page.unchanged, older: page.older };
}

function meetNew(page: PageState, operation: Operation, known: Known, now: string): void {
  if (operation.op === "upsert") page.states.set(operation.id, newState(operation, known, page.unknownDeletes, now));
  else if (operation.op === "delete") page.unknownDeletes.add(operation.id);
}

function meetKnown(page: PageState, state: State, operation: Operation, known: Known, now: string): void {
  if (operation.op === "delete") remove(state, now);
  else if (operation.op === "restore") {
    if (!known.merged.has(operation.id)) restore(state);
  } else if (isOlder(operation.updatedAt, state.updatedAt)) page.older += 1;
  else if (!update(state, operation, known.merged)) page.unchanged += 1;
}

function isOlder(incoming: string | null, stored: string | null): boolean {
  return incoming !== null && stored !== null && incoming < stored;
}

function stateOf(present: Present | undefined): State | null {
  if (present === undefined) return null;
  return { ...present, row: null, isNew: false, isChanged: false, isDeleted: false, isStamped: false };
}

function newState(operation: Operation & { op: "upsert" }, known: Known, unknownDeletes: ReadonlySet<string>, now: string): State {
  const { id, updatedAt, hash, row } = operation;
  const deletion = known.merged.has(id) || unknownDeletes.has(id) ? now : (known.tombstones.get(id) ?? null);
  const isBack = !known.merged.has(id) && (updatedAt === null || (deletion !== null && updatedAt > deletion));
  return { hash, updatedAt, deletedAt: isBack ? null : deletion, row, isNew: true, isChanged: false, isDeleted: false, isStamped: false };
}

/** False: the content is what is stored already. */
function update(state: State, operation: Operation & { op: "upsert" }, merged: Known["merged"]): boolean {
  const { id, updatedAt, hash, row } = operation;
  const isBack = state.deletedAt !== null && !merged.has(id) && (updatedAt === null || updatedAt > state.deletedAt);
  const isNewer = updatedAt !== null && updatedAt !== state.updatedAt;
  if (isNewer) state.updatedAt = updatedAt;
  if (hash === state.hash && !isBack) {
    // The time is kept all the same: or a version between the two, arriving late, would pass for the newest.
    state.isStamped ||= isNewer;
    return false;
  }
  state.hash = hash;
  state.row = row;
  state.isChanged = true;
  if (isBack) state.deletedAt = null;
  return true;
}

function remove(state: State, now: string): void {
  if (state.deletedAt !== null) return;
  state.deletedAt = now;
  state.isDeleted = true;
}

function restore(state: State): void {
  if (state.deletedAt === null) return;
  state.deletedAt = null;
  state.isDeleted = false;
  state.isChanged = true;
}

function decide(id: string, state: State): readonly Decision[] {
  const kind = state.isNew ? "insert" : state.isChanged ? "change" : state.isDeleted ? "delete" : state.isStamped ? "stamp" : null;
  if (kind === null) return [];
  return [{ id, kind, row: state.row, hash: state.hash, updatedAt: state.updatedAt, deletedAt: state.deletedAt }];
}
