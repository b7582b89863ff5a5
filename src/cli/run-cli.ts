import { resolve } from "node:path";
import type { Clock } from "#core/clock.ts";
import { AppError, isAppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Rng } from "#core/rng.ts";
import { EXIT, type ExitCode, type Output } from "./app.ts";
import { describeError, exitCodeOf } from "./exit-codes.ts";
import { makeOutput, type Sink } from "./output.ts";
import { type Parsed, parse } from "./program.ts";
import type { OpenApp, Services } from "./services.ts";
import type { Call } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/** The world as main and compose hand it to the command line. */
export interface CliHost {
  readonly argv: readonly string[];
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** A person types on stdin. */
  readonly stdinIsTerminal: boolean;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly signal: AbortSignal;
  /** The log as the flags ask for it. */
  makeLog(options: { readonly debug: boolean; readonly quiet: boolean; readonly calm: boolean; readonly colours: boolean }): Promise<Log>;
  makeServices(log: Log): Services;
  readonly version: string;
  /** Masks every secret known by now. */
  redact(text: string): string;
}

/** Runs one command line from words to exit code; never throws. */
export async function runCli(host: CliHost): Promise<ExitCode> {
  const wants = (flag: string): boolean => host.argv.includes(flag);
  const colours = !wants("--no-color");
  const output = makeOutput({ ...host, json: wants("--json"), quiet: wants("--quiet"), colours });
  try {
    const outcome = parse(VERBS, host.argv, host.version);
    if (outcome.state === "help") {
      host.stdout.write(outcome.text);
      return EXIT.done;
    }
    return await runVerb(host, outcome.parsed, output, colours);
  } catch (error) {
    report(host, output, error, wants("--debug"));
    return isAppError(error) ? exitCodeOf(error) : EXIT.failed;
  }
}

async function runVerb(host: CliHost, parsed: Parsed, output: Output, colours: boolean): Promise<ExitCode> {
  const { verb, options } = parsed;
  if (verb.run === undefined)
    throw new AppError({ code: "usage.verb", recovery: "configure", message: `'${verb.name}' is a group of verbs.` });
  const log = await host.makeLog({ debug: options["debug"] === true, quiet: options["quiet"] === true, calm: verb.calm === true, colours });
  const services = host.makeServices(log);
  const configFile = resolve(services.cwd, String(options["config"] ?? "scorekeeper.yaml"));
  let open: Promise<OpenApp> | null = null;
  const call: Call = {
    args: parsed.args,
    text: (name) => textOf(options[camel(name)]),
    texts: (name) => listOf(options[camel(name)]),
    flag: (name) => options[camel(name)] === true,
    output,
    clock: host.clock,
    rng: host.rng,
    log,
    signal: host.signal,
    configFile,
    interactive: host.stdinIsTerminal && host.stderr.isTerminal && options["interactive"] !== false && options["nonInteractive"] !== true,
    app: async () => {
      open ??= services.openApp(configFile, host.signal);
      return (await open).app;
    },
    services,
  };
  try {
    return await verb.run(call);
  } finally {
    const opened: OpenApp | null = (await (open as Promise<OpenApp> | null)?.catch(() => null)) ?? null;
    await opened?.close();
  }
}

function report(host: CliHost, output: Output, error: unknown, debug: boolean): void {
  const text = describeError(error, debug);
  host.stderr.write(`${host.redact(text)}\n`);
  const code = isAppError(error) ? error.code : "unexpected";
  output.document({ schema: "scorekeeper.error/1", code, message: isAppError(error) ? error.message : text });
}

const camel = (name: string): string => name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? [value] : [];
}
