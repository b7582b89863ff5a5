import type { SandboxClock } from "#sandbox/clock.ts";
import { type ApiError, apiError } from "./replies.ts";
import type { Field, ObjectType } from "./schema.ts";
import type { Sight } from "./soql-fields.ts";
import { makeStore, type Store } from "./store.ts";
import { idFor, type Row, stampOf } from "./values.ts";

const DAY_MS = 86_400_000;
/** Activities older than this are archived: only queryAll gives them. */
const ARCHIVED_AFTER_MS = 365 * DAY_MS;
const RECYCLE_BIN_MS = 15 * DAY_MS;

export interface OrgOptions {
  readonly clock: SandboxClock;
  /** A change is readable up to so much later than its stamp says; 0: at once. */
  readonly visibleAfterMs: number;
}

/** The org behind the API: records, rights, and what a person or the platform does to them. */
export interface Org {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly integrationUserId: string;
  canRead(object: string, field: string): boolean;
  canEdit(object: string, field: Field): boolean;
  sight(): Sight;
  /** A person deletes a record or takes it out of the bin again; readable after the org's lag, stamped now. */
  remove(object: string, id: string): void;
  undelete(object: string, id: string): void;
  /** Writing this record is refused by the org's own rules. */
  refuse(id: string, statusCode: string, message: string): void;
  refusal(id: string): { readonly statusCode: string; readonly message: string } | undefined;
  isArchived(object: string, row: Row): boolean;
  /** Later things that are due now become readable; what lies too long in the recycle bin goes. */
  catchUp(): void;
  /** Puts off a change that is stamped now until it becomes readable. */
  later(run: () => void): void;
  /** Bounds of what `getDeleted` covers: changes not yet readable lie after it. */
  coveredUntilMs(): number;
}

export function makeOrg(options: OrgOptions): Org {
  const { clock } = options;
  const store = makeStore();
  const integrationUserId = idFor("005", "integration");
  const refusals = new Map<string, { statusCode: string; message: string }>();
  let waiting: { readonly atMs: number; readonly run: () => void }[] = [];
  const later = (run: () => void): void => {
    if (options.visibleAfterMs <= 0) run();
    else waiting.push({ atMs: clock.nowMs() + options.visibleAfterMs, run });
  };
  const change = (object: string, id: string, fields: Row, by: string): void => {
    const at = clock.nowMs();
    later(() => store.put(object, id, fields, at, by));
  };
  return {
    store,
    clock,
    integrationUserId,
    canRead: (object, field) => mayRead(store, integrationUserId, object, field),
    canEdit: (object, field) =>
      field.updateable && (!field.custom || isGranted(store, integrationUserId, object, field.name, "PermissionsEdit")),
    sight: () => ({
      store,
      canRead: (object, field) => mayRead(store, integrationUserId, object, field),
      nowMs: clock.nowMs(),
      rateOf: (currency) => rateOf(store, currency),
      fiscalYearStartMonth: Number([...store.rows("Organization").values()][0]?.["FiscalYearStartMonth"] ?? 1),
    }),
    remove: (object, id) => change(object, id, { IsDeleted: true }, idFor("005", "person-admin")),
    undelete: (object, id) => change(object, id, { IsDeleted: false }, idFor("005", "person-admin")),
    refuse: (id, statusCode, message) => refusals.set(id, { statusCode, message }),
    refusal: (id) => refusals.get(id),
    isArchived: (object, row) => isArchived(object, row, clock.nowMs()),
    later,
    catchUp: () => {
      const now = clock.nowMs();
      const due = waiting.filter(({ atMs }) => atMs <= now);
      if (due.length > 0) waiting = waiting.filter(({ atMs }) => atMs > now);
      for (const { run } of due) run();
    },
    coveredUntilMs: () => Math.min(clock.nowMs(), ...waiting.map(({ atMs }) => atMs - options.visibleAfterMs)),
  };
}

/** Standard fields are readable; custom ones only where a permission set the integration user holds says so. */
function mayRead(store: Store, userId: string, object: string, field: string): boolean {
  return !field.endsWith("__c") || isGranted(store, userId, object, field, "PermissionsRead");
}

function isGranted(store: Store, userId: string, object: string, field: string, right: "PermissionsRead" | "PermissionsEdit"): boolean {
  const held = new Set<unknown>();
  for (const row of store.rows("PermissionSetAssignment").values()) if (row["AssigneeId"] === userId) held.add(row["PermissionSetId"]);
  const name = `${object}.${field}`.toLowerCase();
  for (const row of store.rows("FieldPermissions").values()) {
    if (String(row["Field"]).toLowerCase() === name && row[right] === true && held.has(row["ParentId"])) return true;
  }
  return false;
}

function rateOf(store: Store, currency: string): number {
  for (const row of store.rows("CurrencyType").values()) if (row["IsoCode"] === currency) return Number(row["ConversionRate"] ?? 1);
  return 1;
}

function isArchived(object: string, row: Row, nowMs: number): boolean {
  if (object !== "Task" && object !== "Event") return false;
  if (object === "Task" && row["IsClosed"] !== true) return false;
  const day = row["ActivityDate"] ?? row["CreatedDate"];
  return typeof day === "string" && Date.parse(day.slice(0, 10)) < nowMs - ARCHIVED_AFTER_MS;
}

/** Deleted records whose time in the recycle bin is over. */
export function emptyRecycleBin(org: Org, object: ObjectType): void {
  const limit = stampOf(org.clock.nowMs() - RECYCLE_BIN_MS);
  for (const row of [...org.store.rows(object.name).values()]) {
    const stamp = row["SystemModstamp"];
    if (row["IsDeleted"] === true && typeof stamp === "string" && stamp < limit) org.store.purge(object.name, String(row["Id"]));
  }
}

/** A new custom field: there, but nobody has a right to it. */
export function addCustomField(org: Org, object: string, field: Field): ApiError | null {
  const type = org.store.object(object);
  if (type.fields.has(field.name.toLowerCase())) {
    return apiError(400, "DUPLICATE_DEVELOPER_NAME", `There is already a field named ${field.name.replace(/__c$/, "")} on ${object}.`);
  }
  org.store.addField(object, field);
  return null;
}
