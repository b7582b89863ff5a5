import type { Connector } from "#core/connector.ts";
import type { Recovery } from "#core/errors.ts";
import type { RecordType } from "#core/records.ts";
import type { WriteItem } from "#core/writeback.ts";

/** A source that runs: an emulator with a small world, or a folder of files. Ended by `stop`. */
export interface Source {
  /** A connector on this source as a fresh process would open it. */
  open(): Connector;
  /** Lets the source's own clock pass whatever its connector waits for before it trusts a change (settling, index lag). */
  settle(): Promise<void>;
  /** Changes one record that a stream reads, as a person in the CRM would. */
  touch(): Promise<Touched>;
  /** Deletes one record that a stream reads. */
  remove(): Promise<Touched>;
  /** What can go wrong on the way, one at a time; empty for a source without a wire. */
  readonly faults: readonly WireFault[];
  /** Absent for a source that can't be written. */
  readonly writing?: Writing;
  stop(): Promise<void>;
}

/** The record that was changed or deleted, and the stream that must tell. */
export interface Touched {
  readonly stream: string;
  readonly type: RecordType;
  readonly id: string;
}

/** One class of error: `arm` makes every following request fail so until `disarm`. */
export interface WireFault {
  readonly name: string;
  readonly recovery: Recovery;
  arm(): void;
  disarm(): void;
}

export interface Writing {
  /** Makes the fields the items below use, in the way the connector's users must. */
  prepare(connector: Connector): Promise<void>;
  /** Items for records that exist. */
  good(count: number): readonly WriteItem[];
  /** One the CRM refuses by itself, for a record that is not there. */
  bad(): WriteItem;
}

/** What the contract suite needs to know of one connector: one file `test/contract/<crm>/subject.ts` and a line in `subjects.ts`. */
export interface ContractSubject {
  /** The key in connectors/index.ts. */
  readonly crm: string;
  /** Small enough to be read some dozen times, large enough for several pages in its largest stream. */
  start(): Promise<Source>;
}
