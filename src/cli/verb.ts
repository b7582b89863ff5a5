import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import type { App, ExitCode, Output } from "./app.ts";
import type { Services } from "./services.ts";

/** One option in commander's notation, e.g. `--from <day>`, `-v, --verbose`. */
export interface VerbOption {
  readonly flags: string;
  readonly description: string;
  /** The only values taken; anything else is exit 2 naming the nearest. */
  readonly choices?: readonly string[];
  /** May be given more than once; read with `texts`. */
  readonly repeat?: boolean;
}

/** One positional argument in commander's notation: `<id>`, `[id]`, `<id...>`. */
export interface VerbArgument {
  readonly name: string;
  readonly description: string;
}

/** What a person can ask the program to do. A verb with `verbs` is a group (`metrics list`, `metrics query`). */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs, without a full stop. */
  readonly summary: string;
  /** Whole command lines, shown under --help. */
  readonly examples?: readonly string[];
  readonly arguments?: readonly VerbArgument[];
  readonly options?: readonly VerbOption[];
  readonly verbs?: readonly Verb[];
  /** Its own output tells the story: only warnings and errors are logged. */
  readonly calm?: boolean;
  /** Does it, and says how it ended; throws AppError. Absent for a pure group. */
  readonly run?: (call: Call) => Promise<ExitCode>;
}

/** One use of a verb. */
export interface Call {
  /** Positional arguments, a repeated last one flattened. */
  readonly args: readonly string[];
  /** Value of `--name <value>` by its long name (`as-of`); undefined when not given. */
  text(option: string): string | undefined;
  /** Values of a repeatable option; empty when not given. */
  texts(option: string): readonly string[];
  /** Whether `--name` was given. */
  flag(option: string): boolean;
  readonly output: Output;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Aborts on SIGINT and SIGTERM: stop at the next safe point, stay resumable. */
  readonly signal: AbortSignal;
  /** Absolute path of `--config`; it need not exist. */
  readonly configFile: string;
  /** A person can be asked: a terminal on both ends and no --non-interactive. */
  readonly interactive: boolean;
  /** Configuration loaded and checked (exit 2 on errors); opened on first use, closed by the caller when the verb ends. */
  app(): Promise<App>;
  readonly services: Services;
}
