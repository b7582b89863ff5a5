import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AppError } from "#core/errors.ts";
import { type Checked, type ConnectionTypes, checkText } from "./check.ts";
import { type EnvFile, parseEnvFile } from "./env-file.ts";

/** A configuration file after checking. */
export interface Loaded extends Checked {
  readonly file: string;
  /** What an operator should know but need not stop for. */
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly types: ConnectionTypes;
  /** Told every secret as soon as it is known, before anything can be said about the file. */
  onSecrets(secrets: readonly string[]): void;
}

/** Reads and checks a configuration file with `.env` beside it. Throws `config.missing`, `config.unreadable` or `config.invalid`. */
export function loadConfig(options: LoadOptions): Loaded {
  const { file, env, types } = options;
  const text = readConfigText(file);
  const { envFile, warnings } = readEnvFile(join(dirname(file), ".env"));
  const stored = [...envFile.values.values()];
  options.onSecrets(stored);
  const lookup = { env, envFile: envFile.values, readFile: (path: string) => readOrNull(resolve(dirname(file), path)) };
  const checked = checkText({ file, text, lookup, types, onSecrets: (secrets) => options.onSecrets(secrets) });
  return { ...checked, secrets: [...stored, ...checked.secrets], file, warnings };
}

function readConfigText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new AppError({
      code: isAbsent ? "config.missing" : "config.unreadable",
      recovery: "configure",
      message: isAbsent
        ? `There is no ${file}; make one with 'scorekeeper init', or name another with --config.`
        : `${file} can't be read; check that it is a file this user may read.`,
      cause,
    });
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function readEnvFile(file: string): { envFile: EnvFile; warnings: readonly string[] } {
  const text = readOrNull(file);
  if (text === null) return { envFile: { values: new Map(), badLines: [] }, warnings: [] };
  const envFile = parseEnvFile(text);
  const open = (statSync(file).mode & 0o077) === 0 ? [] : [`${file} can be read by others; run: chmod 600 ${file}`];
  const bad = envFile.badLines.map((line) => `${file}:${line} is no NAME=value and was left out.`);
  return { envFile, warnings: [...open, ...bad] };
}
