import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { pino } from "pino";
import { connectors } from "../connectors/index.ts";
import type { App } from "./cli/app.ts";
import type { Sink } from "./cli/output.ts";
import { type CliHost, runCli } from "./cli/run-cli.ts";
import type { OpenApp, Services } from "./cli/services.ts";
import { unknownConnection } from "./config/cross-checks.ts";
import { configJsonSchema, type SettingsSchema } from "./config/json-schema.ts";
import { type Loaded, loadConfig } from "./config/load.ts";
import { organizationOf } from "./config/organization.ts";
import { type Clock, clockFrom } from "./core/clock.ts";
import type { Connector, ConnectorDefinition } from "./core/connector.ts";
import { AppError } from "./core/errors.ts";
import type { Log } from "./core/log.ts";
import { type Rng, systemRng } from "./core/rng.ts";
import { redactor } from "./core/secret.ts";
import { startSandbox } from "./sandbox/sandbox.ts";
import { parseFault, withFault } from "./warehouse/fault.ts";
import { type Holder, withLease } from "./warehouse/lease.ts";
import { migrateWarehouse } from "./warehouse/migrate.ts";
import { openWarehouse } from "./warehouse/open.ts";
import { markCrashed } from "./warehouse/runs.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

/** What main hands in: the process, and nothing else of it is used. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTerminal: boolean;
  readonly signal: AbortSignal;
  readonly pid: number;
  /** Whether a process of this machine runs. */
  isAlive(pid: number): boolean;
  /** Ends the process at once, as a power cut would: the fault hook of the kill sweep. */
  kill(): void;
  ask(question: string): Promise<string>;
}

/** Puts the program together and runs one command line; the result is the exit code. */
export async function main(host: Host): Promise<number> {
  const secrets: string[] = [];
  let mask = redactor(secrets);
  const redact = (text: string): string => mask(text);
  const onSecrets = (found: readonly string[]): void => {
    secrets.push(...found);
    mask = redactor(secrets);
  };
  try {
    const clock = clockFrom(host.env["SCOREKEEPER_NOW"]);
    const rng = systemRng();
    const world: World = { host, clock, rng, onSecrets, holder: holderOf(host, rng) };
    const cli: CliHost = {
      ...host,
      clock,
      rng,
      redact,
      version: packageVersion(),
      makeLog: (options) => makeLog(host.stderr, clock, redact, options),
      makeServices: (log) => makeServices(world, log),
    };
    return await runCli(cli);
  } catch (error) {
    // Only what comes before the command line is read lands here: a bad SCOREKEEPER_NOW.
    host.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof AppError ? 2 : 1;
  }
}

interface World {
  readonly host: Host;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly holder: Holder;
  onSecrets(found: readonly string[]): void;
}

const connectionTypes: Readonly<Record<string, SettingsSchema>> = Object.fromEntries(
  Object.entries(connectors).map(([type, definition]) => [type, definition.settings]),
);

function makeServices(world: World, log: Log): Services {
  const { host } = world;
  const load = async (file: string): Promise<Loaded> =>
    loadConfig({ file, env: host.env, types: connectionTypes, onSecrets: (found) => world.onSecrets(found) });
  return {
    version: packageVersion(),
    env: host.env,
    cwd: host.cwd,
    loadConfig: load,
    openApp: async (file, signal, clock = world.clock) => openApp({ ...world, clock }, log, await load(file), signal),
    startSandbox: async (options) => {
      // Emulators are loaded only when somebody plays with them.
      const { emulators } = await import("../connectors/emulators.ts");
      return startSandbox({ ...options, start: emulators });
    },
    configSchema: () => configJsonSchema(connectionTypes),
    ask: (question) => host.ask(question),
  };
}

async function openApp(world: World, log: Log, loaded: Loaded, signal: AbortSignal): Promise<OpenApp> {
  const { clock, rng } = world;
  const { config, file } = loaded;
  const organization = await organizationOf(config, Number(clock.now().slice(0, 4)));
  const opened = new Map<string, Connector>();
  let warehouse: Promise<Warehouse> | null = null;
  const app: App = {
    configFile: file,
    directory: dirname(file),
    config,
    organization,
    clock,
    rng,
    log,
    signal,
    connectionIds: config.connections.map((connection) => connection.id),
    migrate: () => migrateWarehouse({ url: warehouseUrl(loaded), clock, log }),
    warehouse: async () => {
      warehouse ??= openStore(world, log, loaded);
      return warehouse;
    },
    exclusive: async (work) => exclusive(world, await app.warehouse(), config.operations.leaseSeconds * 1000, signal, work),
    connector: async (id) => {
      const connector = opened.get(id) ?? openConnector(app, id);
      opened.set(id, connector);
      return connector;
    },
  };
  const close = async (): Promise<void> => {
    for (const connector of opened.values()) await connector.close();
    await (await warehouse?.catch(() => null))?.close();
  };
  return { app, close };
}

async function openStore(world: World, log: Log, loaded: Loaded): Promise<Warehouse> {
  const { host, clock } = world;
  const fault = parseFault(host.env["SCOREKEEPER_FAULT"]);
  const warehouse = await openWarehouse({ url: warehouseUrl(loaded), clock, log });
  return fault === null ? warehouse : withFault(warehouse, fault, () => host.kill());
}

async function exclusive<T>(
  world: World,
  warehouse: Warehouse,
  ttlMs: number,
  signal: AbortSignal,
  work: (warehouse: Warehouse, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, holder } = world;
  return withLease({ warehouse, clock, holder, ttlMs }, "cycle", async (fenced, lost) => {
    await fenced.write((tx) => markCrashed(tx, clock.now()));
    return work(fenced, AbortSignal.any([signal, lost]));
  });
}

/** This process, as others see it in the lease: `host:pid:unique`. */
function holderOf(host: Host, rng: Rng): Holder {
  const here = `${hostname()}:`;
  const name = `${here}${host.pid}:${rng.uuid().slice(0, 8)}`;
  const isGone = (other: string): boolean => {
    const pid = Number(other.slice(here.length).split(":")[0]);
    // In a container every process is number 1: a holder with this very number was the one before.
    return other.startsWith(here) && other !== name && (pid === host.pid || !host.isAlive(pid));
  };
  return { name, isGone };
}

/** A relative SQLite path starts at the configuration file's folder. */
function warehouseUrl(loaded: Loaded): string {
  const url = loaded.config.warehouse;
  if (!url.startsWith("sqlite:") || url === "sqlite::memory:") return url;
  return `sqlite:${resolve(dirname(loaded.file), url.slice("sqlite:".length))}`;
}

function openConnector(app: App, id: string): Connector {
  const connection = app.config.connections.find((candidate) => candidate.id === id);
  if (connection === undefined) {
    const message = `There is ${unknownConnection(id, app.connectionIds)}`;
    throw new AppError({ code: "config.unknown_connection", recovery: "configure", message });
  }
  // Settings went through this very definition's schema when the configuration was loaded.
  const definition = connectors[connection.type] as ConnectorDefinition<unknown> | undefined;
  if (definition === undefined) throw new Error(`no connector ${connection.type}`);
  const { organization, directory, clock, rng } = app;
  const log = app.log.child({ connection: id });
  const fields = app.config.fields[id];
  return definition.open(connection.settings, { connectionId: id, organization, directory, clock, rng, log, fields });
}

const EMAIL = /[^\s"'<>,:;]+@[^\s"'<>,:;]+\.[a-z]{2,}/gi;

/** JSON lines, or lines for people on a terminal; secrets and mail addresses masked in both (O12). */
async function makeLog(stderr: Sink, clock: Clock, redact: (text: string) => string, options: LogOptions): Promise<Log> {
  const level = levelOf(options, stderr.isTerminal);
  const write = (line: string): void => stderr.write(redact(line).replaceAll(EMAIL, "***"));
  const settings = {
    level,
    base: null,
    timestamp: () => `,"time":"${clock.now()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!stderr.isTerminal) return plainLog(pino(settings, { write }));
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({ colorize: options.colours, translateTime: "SYS:HH:MM:ss", levelKey: "level" });
  return plainLog(pino(settings, { write: (line) => write(pretty(line) ?? line) }));
}

/** A person watching sees progress and results; what went as expected is for log files. */
function levelOf({ debug, quiet, calm }: LogOptions, isWatched: boolean): "debug" | "info" | "warn" | "error" {
  if (debug) return "debug";
  if (quiet) return "error";
  return isWatched || calm ? "warn" : "info";
}

/** Only what the rest of the program may use of it. */
function plainLog(logger: Log): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => plainLog(logger.child(fields)),
  };
}

interface LogOptions {
  /** Warnings and errors only. */
  readonly calm: boolean;
  readonly debug: boolean;
  readonly quiet: boolean;
  readonly colours: boolean;
}

function packageVersion(): string {
  const content: { version?: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return content.version ?? "0.0.0";
}
