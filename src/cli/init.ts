import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "#core/errors.ts";
import { LANGUAGES } from "#core/organization.ts";
import { EXIT, type ExitCode } from "./app.ts";
import { answersOf, GOALS, SOURCES } from "./init/answers.ts";
import { type GuessedFile, guessFile } from "./init/guess-columns.ts";
import { configText, envText, IGNORE_TEXT } from "./init/template.ts";
import type { Call, Verb } from "./verb.ts";

/** `init`: a commented configuration, a secrets file (mode 600) and an ignore file; never overwrites (O4). */
export function initVerb(): Verb {
  return {
    name: "init",
    summary: "write a commented scorekeeper.yaml and a secrets file from a few questions",
    examples: [
      "scorekeeper init",
      "scorekeeper init --yes --people team --source hubspot",
      "scorekeeper init --yes --people individual --basis 'works agreement 2026-03' --deals deals.csv --users team.csv",
    ],
    options: [
      { flags: "--yes", description: "ask nothing; needs --people" },
      { flags: "--people <level>", description: "whose results: individual (with --basis) or team", choices: ["individual", "team"] },
      { flags: "--basis <text>", description: "agreement or notice on which results of single persons rest" },
      { flags: "--source <crm>", description: "where the deals are", choices: SOURCES },
      { flags: "--deals <file>", description: "deals export (CSV); its columns are recognised by their names" },
      { flags: "--users <file>", description: "people export (CSV)" },
      { flags: "--name <text>", description: "name of the organisation" },
      { flags: "--time-zone <name>", description: "such as Europe/Warsaw" },
      { flags: "--currency <code>", description: "such as EUR" },
      { flags: "--language <code>", description: "language of mails", choices: LANGUAGES },
      { flags: "--goal <goal>", description: "what the team wants to achieve", choices: Object.keys(GOALS) },
    ],
    run: init,
  };
}

async function init(call: Call): Promise<ExitCode> {
  const { configFile, output, services } = call;
  const directory = dirname(configFile);
  if (existsSync(configFile)) {
    throw new AppError({
      code: "usage.target_exists",
      recovery: "configure",
      message: `${configFile} is there already and was left alone; remove it, or name another with --config.`,
    });
  }
  const answers = await answersOf(call, new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const deals = inDirectory(answers.deals, services.cwd, directory);
  const users = inDirectory(answers.users, services.cwd, directory);
  const files = { deals: look("deals", deals, directory), users: look("users", users, directory) };
  mkdirSync(directory, { recursive: true });
  const written = [
    write(configFile, configText({ ...answers, deals, users }, files, schemaPath(directory)), 0o644),
    write(join(directory, ".env"), envText(answers), 0o600),
    write(join(directory, ".gitignore"), IGNORE_TEXT, 0o644),
  ];
  for (const { file, isNew } of written) output.print(isNew ? `wrote ${file}` : `left ${file} as it is`);
  output.print(next(answers.source));
  output.document({
    schema: "scorekeeper.init/1",
    written: written.filter(({ isNew }) => isNew).map(({ file }) => file),
    kept: written.filter(({ isNew }) => !isNew).map(({ file }) => file),
  });
  return EXIT.done;
}

/** A path given on the command line, as the configuration file has to say it. */
function inDirectory(path: string | null, cwd: string, directory: string): string | null {
  return path === null ? null : relative(directory, resolve(cwd, path));
}

function look(kind: "deals" | "users", path: string | null, directory: string): GuessedFile | null {
  const file = path === null ? null : resolve(directory, path);
  return file === null || !existsSync(file) ? null : guessFile(kind, readFileSync(file, "utf8").slice(0, 64_000));
}

function write(file: string, text: string, mode: number): { file: string; isNew: boolean } {
  try {
    writeFileSync(file, text, { flag: "wx", mode });
    return { file, isNew: true };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return { file, isNew: false };
    throw error;
  }
}

/** The schema that came with this program, as an editor finds it from the configuration's folder. */
function schemaPath(directory: string): string {
  const file = fileURLToPath(new URL("../../config/schema.json", import.meta.url));
  const path = relative(directory, file);
  return path.startsWith("..") ? file : `./${path}`;
}

function next(source: string): string {
  const secrets = source === "hubspot" || source === "salesforce" ? "\n  put your credentials into .env" : "";
  return `\nNext:${secrets}\n  scorekeeper config check\n  scorekeeper sync\n  scorekeeper metrics query win_rate --by rep`;
}
