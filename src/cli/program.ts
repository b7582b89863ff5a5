import { Command, CommanderError, Option } from "commander";
import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import type { Verb } from "./verb.ts";

/** What stood on the command line. */
export interface Parsed {
  readonly verb: Verb;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export type ParseOutcome = { readonly state: "run"; readonly parsed: Parsed } | { readonly state: "help"; readonly text: string };

const GLOBAL = [
  new Option("--config <file>", "configuration file").default("scorekeeper.yaml"),
  new Option("--json", "one JSON document on stdout"),
  new Option("--quiet", "no talk on stderr"),
  new Option("--no-color", "no colours (also NO_COLOR)"),
  new Option("--non-interactive", "never ask"),
  new Option("--debug", "stack traces and debug logs"),
];

/** Reads the command line. Throws `usage.*` naming the nearest verb or option; help is an answer, not an error. */
export function parse(verbs: readonly Verb[], argv: readonly string[], version: string): ParseOutcome {
  let parsed: Parsed | null = null;
  let help = "";
  const root = new Command("scorekeeper").description("Keeps the score of a sales team inside the CRM it already uses.").version(version);
  const settle = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => {
          help += text;
        },
        writeErr: () => {},
      })
      .showSuggestionAfterError(false);
  const add = (parent: Command, verb: Verb): void => {
    const command = settle(describe(parent.command(verb.name), verb));
    for (const child of verb.verbs ?? []) add(command, child);
    if (verb.run !== undefined) {
      command.action(() => {
        parsed = { verb, args: command.processedArgs.flat().filter((arg) => arg !== undefined), options: command.opts() };
      });
    }
  };
  settle(root);
  for (const verb of verbs) add(root, verb);
  try {
    root.parse(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { state: "help", text: help };
    throw usageError(error, verbs, argv);
  }
  if (parsed === null) throw unknownVerb(verbs, argv);
  return { state: "run", parsed };
}

function describe(command: Command, verb: Verb): Command {
  command.description(verb.summary);
  for (const argument of verb.arguments ?? []) command.argument(argument.name, argument.description);
  for (const option of verb.options ?? []) {
    const made = new Option(option.flags, option.description);
    if (option.choices !== undefined) made.choices([...option.choices]);
    if (option.repeat === true) made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
    command.addOption(made);
  }
  if (verb.run !== undefined) for (const option of GLOBAL) command.addOption(option);
  const examples = verb.examples ?? [];
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`);
  return command;
}

function usageError(error: CommanderError, verbs: readonly Verb[], argv: readonly string[]): AppError {
  const said = error.message.replace(/^error: /, "");
  switch (error.code) {
    case "commander.help":
    case "commander.unknownCommand":
      return unknownVerb(verbs, argv);
    case "commander.unknownOption":
      return unknownOption(said, verbs, argv);
    default:
      return usage("usage.arguments", `${said.charAt(0).toUpperCase()}${said.slice(1)}${said.endsWith(".") ? "" : "."}`, verbs, argv);
  }
}

function unknownVerb(verbs: readonly Verb[], argv: readonly string[]): AppError {
  const path = pathOf(verbs, argv);
  const group = path.at(-1);
  const names = (group === undefined ? verbs : (group.verbs ?? [])).map((verb) => verb.name);
  const wanted = argv.filter((word) => !word.startsWith("-"))[path.length];
  const owner = ["scorekeeper", ...path.map((verb) => verb.name)].join(" ");
  if (wanted === undefined) return usage("usage.verb", `'${owner}' needs one of: ${names.join(", ")}.`, verbs, argv);
  const meant = nearest(wanted, names);
  const hint = meant === null ? `expected one of: ${names.join(", ")}` : `did you mean '${meant}'?`;
  return usage("usage.verb", `'${owner}' has no verb '${wanted}'; ${hint}`, verbs, argv);
}

function unknownOption(said: string, verbs: readonly Verb[], argv: readonly string[]): AppError {
  const flag = /'([^']+)'/.exec(said)?.[1] ?? said;
  const options = pathOf(verbs, argv).at(-1)?.options ?? [];
  const flags = [...options.map((option) => new Option(option.flags)), ...GLOBAL].map((option) => option.long ?? "").concat("--help");
  const meant = nearest(flag, flags);
  return usage(
    "usage.option",
    `Unknown option '${flag}'; ${meant === null ? `there are ${flags.join(", ")}.` : `did you mean '${meant}'?`}`,
    verbs,
    argv,
  );
}

function usage(code: string, message: string, verbs: readonly Verb[], argv: readonly string[]): AppError {
  const owner = ["scorekeeper", ...pathOf(verbs, argv).map((verb) => verb.name)].join(" ");
  return new AppError({ code, recovery: "configure", message: `${message} See '${owner} --help'.` });
}

/** The verbs named at the start of the command line, outermost first. */
function pathOf(verbs: readonly Verb[], argv: readonly string[]): readonly Verb[] {
  const path: Verb[] = [];
  let among = verbs;
  for (const word of argv.filter((entry) => !entry.startsWith("-"))) {
    const found = among.find((verb) => verb.name === word);
    if (found === undefined) break;
    path.push(found);
    among = found.verbs ?? [];
  }
  return path;
}
