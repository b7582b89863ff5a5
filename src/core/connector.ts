import type { Clock } from "./clock.ts";
import type { AppError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import type { Log } from "./log.ts";
import type { Organization } from "./organization.ts";
import type { Automation, Change, Outcome, RecordType } from "./records.ts";
import type { Result } from "./result.ts";
import type { Rng } from "./rng.ts";
import type { Instant } from "./time/instant.ts";
import type { FieldOutcome, FieldReadiness, FieldSpec, LiveRecord, WriteItem, WriteTarget } from "./writeback.ts";

/** Opaque to all but its stream; committed with the rows it covers (law 1). */
export interface Checkpoint {
  readonly v: number;
  readonly data: JsonValue;
}

/** A record that could not be understood: kept in quarantine with enough to find it again (law 9). */
export interface Reject {
  readonly type: RecordType;
  /** The record's id, else where it stood (`deals.csv:17`). */
  readonly ref: string;
  /** Catalogued code such as `record.bad_amount`. */
  readonly code: string;
  /** One sentence: what is wrong with which field, and what was expected. */
  readonly reason: string;
  readonly payload: JsonValue;
}

export interface Page {
  readonly changes: readonly Change[];
  readonly rejects: readonly Reject[];
  readonly checkpoint: Checkpoint;
  /** Records the source sent for this page, rejected ones included; 0 for an empty one. */
  readonly received: number;
}

/** Now, as the CRM's server sees it (from its `Date` header); a file's clock is the service's own. */
export interface ServerClock {
  now(): Instant;
}

/** The connection's share of a daily quota, durable across processes. */
export interface Budget {
  /** Books `calls` before they are made; throws a `wait` AppError when the configured share is used up. */
  spend(calls: number): Promise<void>;
  /** What the CRM says is used and allowed today, from response headers. */
  observe(usage: { readonly used: number; readonly limit: number }): void;
}

export interface StreamContext {
  readonly clock: ServerClock;
  readonly budget: Budget;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** One thing a connection can read.
 *  MUST: a checkpoint covers its page and all pages before it; resuming from any checkpoint yields at least everything changed since;
 *  checkpoints never go back; a page holds about 1,000 changes and never splits one record with its history; ends between pages when
 *  aborted; an unknown `v` is upgraded or refused with `abort`, never guessed.
 *  MUST NOT: sleep, retry, use another clock than `ctx.clock`, log bodies. */
export interface Stream {
  readonly name: string;
  readonly mode: "snapshot" | "incremental";
  readonly emits: readonly RecordType[];
  /** Streams of the same connection that must have finished before this one starts. */
  readonly after?: readonly string[];
  read(from: Checkpoint | null, context: StreamContext): AsyncGenerator<Page, void, void>;
}

export interface Capabilities {
  /** `native`: the source keeps a stage log. `derived`: the warehouse builds one from what it sees change. */
  readonly stageHistory: "native" | "derived";
  readonly deletes: "tombstone" | "sweep";
  readonly quotas: boolean;
  readonly writeTargets: readonly WriteTarget[];
  /** Most records in one write call; 0 where nothing can be written. */
  readonly writeBatch: number;
  /** How long after a change reads may still miss it. */
  readonly settleMs: number;
}

export interface CheckLine {
  readonly what: string;
  readonly ok: boolean;
  /** What was found; for a failing line also the remedy. */
  readonly detail: string;
}

/** Login, scopes and limits of one connection, as `doctor` shows them. */
export interface CheckReport {
  readonly account: string | null;
  readonly lines: readonly CheckLine[];
}

/** One deal as the CRM itself reports it, for `reconcile`. */
export interface ReconcileRow {
  readonly id: string;
  readonly pipelineId: string;
  readonly closeDay: string | null;
  readonly outcome: Outcome;
  readonly amountRaw: string | null;
  readonly currency: string | null;
  /** When the CRM last changed the record, so that a difference newer than our copy reads "not yet synced". */
  readonly updatedAt: Instant | null;
}

export interface Writer {
  /** Creates what is missing, never drops or retypes (W27). */
  ensureFields(
    fields: readonly FieldSpec[],
    options: { readonly dryRun: boolean; readonly signal: AbortSignal },
  ): Promise<readonly FieldOutcome[]>;
  /** MUST answer in the order and length of the batch; a failure of one record is data, of the whole call an AppError. */
  write(batch: readonly WriteItem[], signal: AbortSignal): Promise<readonly Result<{ readonly id: string }, AppError>[]>;
  read(target: WriteTarget, ids: readonly string[], fields: readonly string[], signal: AbortSignal): Promise<readonly LiveRecord[]>;
  readiness(fields: readonly FieldSpec[], signal: AbortSignal): Promise<readonly FieldReadiness[]>;
  automations(target: WriteTarget, signal: AbortSignal): Promise<readonly Automation[]>;
}

export interface Connector {
  readonly crm: string;
  readonly streams: readonly Stream[];
  readonly capabilities: Capabilities;
  readonly clock: ServerClock;
  check(signal: AbortSignal): Promise<CheckReport>;
  reconcileRows?(signal: AbortSignal): AsyncIterable<ReconcileRow>;
  /** Address of a record in the CRM's own pages; null where there is none (E13). */
  recordUrl(type: RecordType, id: string): string | null;
  /** Absent for a source that can't be written. */
  readonly writer?: Writer;
  close(): Promise<void>;
}

/** What a connection is opened with; settings come checked, everything that acts on the world comes from outside. */
export interface ConnectorDeps {
  readonly connectionId: string;
  readonly organization: Organization;
  /** Folder of the configuration file: relative paths start there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** What `fields:` of the configuration says of this connection: which property feeds which value. */
  readonly fields?: ConfiguredFields | undefined;
  /** Daily share for calls outside a stream (checks, writes, reconcile); absent: not limited. */
  readonly budget?: Budget | undefined;
}

/** Value → property (`amount: deal_value`); `dimensions` holds those of a freely named dimension. */
export type ConfiguredFields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** How a CRM makes itself known to the program: one line in connectors/index.ts. */
export interface ConnectorDefinition<Settings> {
  readonly crm: string;
  /** A zod schema of the connection's settings, without `id` and `type`; strict, with a description on each key. */
  readonly settings: { parse(value: unknown): Settings };
  open(settings: Settings, deps: ConnectorDeps): Connector;
}
