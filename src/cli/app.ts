import type { Config } from "#config/schema.ts";
import type { Clock } from "#core/clock.ts";
import type { Connector } from "#core/connector.ts";
import type { JsonObject } from "#core/json.ts";
import type { Log } from "#core/log.ts";
import type { Organization } from "#core/organization.ts";
import type { Rng } from "#core/rng.ts";
import type { MigrationReport } from "#warehouse/migrate.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";

/** What `0 done … 5 busy` mean to a script (product contract). */
export const EXIT = { done: 0, failed: 1, usage: 2, partial: 3, held: 4, busy: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Colours of a terminal; each gives its text back unchanged where there are none. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** How a verb speaks: results on stdout (text for people, or one JSON document with `--json`), everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /** A person is watching: colours, progress bars. */
  readonly terminal: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly columns: number;
  readonly style: Style;
  /** One line or block for people; silent with `--json`. Control characters of CRM text are made harmless. */
  print(text: string): void;
  /** Text for another program (CSV): written as it is, secrets masked; silent with `--json`. */
  raw(text: string): void;
  /** The one JSON document of the verb; silent without `--json`. `schema` is `scorekeeper.<shape>/<version>`. */
  document(value: JsonObject & { readonly schema: string }): void;
  /** A line of talk on stderr; silent with `--quiet`. */
  note(text: string): void;
  /** Where long work stands: rewritten in place on a terminal, else a line every few seconds; silent with `--quiet`. */
  progress(text: string): void;
}

/** Everything a verb may use, handed in by compose: opened on first use, closed when the verb ends. */
export interface App {
  readonly configFile: string;
  /** Folder of the configuration file: relative paths start there. */
  readonly directory: string;
  readonly config: Config;
  readonly organization: Organization;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Only brings the schema up to date; nothing stays open. */
  migrate(): Promise<MigrationReport>;
  /** Opened, and migrated after a backup where needed. */
  warehouse(): Promise<Warehouse>;
  /** Does `work` as the only process that changes anything (lease `cycle`): with a warehouse that refuses writes once the lease is lost, and
   *  a signal that then aborts too. Marks runs of a process that died as crashed. Throws `lease.busy` (exit 5). Do not nest. */
  exclusive<T>(work: (warehouse: Warehouse, signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The configured connection; throws `config.unknown_connection`, naming the nearest. */
  connector(id: string): Promise<Connector>;
  readonly connectionIds: readonly string[];
}
