import type { Loaded } from "#config/load.ts";
import type { Clock } from "#core/clock.ts";
import type { Sandbox, SandboxOptions } from "#sandbox/sandbox.ts";
import type { App } from "./app.ts";

/** What the verbs need from outside and only compose can build: the CLI floor knows neither connectors nor the process. */
export interface Services {
  /** Version of the program, from its package. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working folder, for paths given on the command line. */
  readonly cwd: string;
  /** Reads and checks a configuration file without opening anything; throws AppError `config.*`. */
  loadConfig(file: string): Promise<Loaded>;
  /** Opens an app on a configuration file, at another time than now if so asked; `close` ends what it opened. */
  openApp(file: string, signal: AbortSignal, clock?: Clock): Promise<OpenApp>;
  /** Starts the made-up company in every CRM there is an emulator for. */
  startSandbox(options: Omit<SandboxOptions, "start">): Promise<Sandbox>;
  /** JSON Schema of the configuration file, connection settings of every connector included. */
  configSchema(): Readonly<Record<string, unknown>>;
  /** A question on the terminal; the answer without its line end. */
  ask(question: string): Promise<string>;
}

export interface OpenApp {
  readonly app: App;
  close(): Promise<void>;
}
