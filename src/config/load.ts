import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import { crossProblems } from "./cross-checks.ts";
import { dotted, type Path, type Problem, readDocument, type SourceDocument } from "./document.ts";
import { type EnvFile, parseEnvFile } from "./env-file.ts";
import { jsonSchemaOf, type SettingsSchema } from "./json-schema.ts";
import { isSecretKey, placeOf, problemsOf } from "./problems.ts";
import { readReferences } from "./references.ts";
import { type Config, type ConnectionConfig, configSchema } from "./schema.ts";

/** A configuration file after checking. */
export interface Loaded {
  readonly file: string;
  readonly config: Config;
  /** Every secret value met, for the redactor only. */
  readonly secrets: readonly string[];
  /** What an operator should know but need not stop for. */
  readonly warnings: readonly string[];
  readonly document: SourceDocument;
}

export interface LoadOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings schema of every connection type. */
  readonly connectionTypes: Readonly<Record<string, SettingsSchema>>;
  /** Told every secret as soon as it is known, before anything can be said about the file. */
  onSecrets(secrets: readonly string[]): void;
}

const MOST_SHOWN = 20;

/** Reads, fills in and checks a configuration file. Throws `config.missing`, `config.unreadable` or `config.invalid`, which lists every mistake by file, line and column. */
export function loadConfig(options: LoadOptions): Loaded {
  const text = readConfigText(options.file);
  const { envFile, warnings } = readEnvFile(join(dirname(options.file), ".env"));
  options.onSecrets([...envFile.values.values()]);
  const document = readDocument(text, {
    env: options.env,
    envFile: envFile.values,
    readFile: (path) => readOrNull(resolve(dirname(options.file), path)),
  });
  const secrets = [...envFile.values.values(), ...secretsIn(document.value, document, [])];
  options.onSecrets(secrets);
  if (document.problems.length > 0) throw invalid(options.file, document.problems);
  const checked = checkConfig(document);
  const connections = checkConnections(document, options.connectionTypes);
  const problems = [
    ...literalSecrets(document.value, document, []),
    ...(checked.success ? [] : problemsOf(checked.error.issues, document, jsonSchemaOf(configSchema))),
    ...connections.problems,
    ...(checked.success ? crossProblems(checked.data, document) : []),
  ];
  if (problems.length > 0 || !checked.success) throw invalid(options.file, problems);
  const { $schema: _editor, ...config } = checked.data;
  return { file: options.file, config: { ...config, connections: connections.connections }, secrets, warnings, document };
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
  const mode = statSync(file).mode & 0o077;
  const open = mode === 0 ? [] : [`${file} can be read by others; run: chmod 600 ${file}`];
  const bad = envFile.badLines.map((line) => `${file}:${line} is no NAME=value and was left out.`);
  return { envFile, warnings: [...open, ...bad] };
}

function checkConfig(document: SourceDocument): ReturnType<typeof configSchema.safeParse> {
  const written = document.value ?? {};
  const first = configSchema.safeParse(written);
  const read = first.success ? null : readReferences(written, first.error.issues, document);
  return read === null ? first : configSchema.safeParse(read);
}

type Types = Readonly<Record<string, SettingsSchema>>;
type Outcome = { readonly connection?: ConnectionConfig; readonly problems: readonly Problem[] };

function checkConnections(
  document: SourceDocument,
  types: Types,
): { connections: readonly ConnectionConfig[]; problems: readonly Problem[] } {
  const list = (document.value as { connections?: unknown } | null | undefined)?.connections;
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const outcomes = entries.map((entry, index) => checkConnection(entry, ["connections", index], document, types));
  return {
    connections: outcomes.flatMap((outcome) => (outcome.connection === undefined ? [] : [outcome.connection])),
    problems: outcomes.flatMap((outcome) => outcome.problems),
  };
}

function checkConnection(entry: unknown, path: Path, document: SourceDocument, types: Types): Outcome {
  const { id, type, ...settings } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  if (typeof id !== "string" || typeof type !== "string") return { problems: [] };
  const schema = Object.hasOwn(types, type) ? types[type] : undefined;
  if (schema === undefined) return { problems: [unknownType(type, Object.keys(types), [...path, "type"], document)] };
  const first = attempt(schema, settings);
  const read = first.issues === null ? null : readReferences(settings, first.issues, document, path);
  const checked = read === null ? first : attempt(schema, read);
  if (checked.issues === null) return { connection: { id, type, settings: checked.value }, problems: [] };
  return { problems: problemsOf(checked.issues, document, jsonSchemaOf(schema), path) };
}

function attempt(schema: SettingsSchema, settings: unknown): { value: unknown; issues: null } | { issues: readonly z.core.$ZodIssue[] } {
  try {
    return { value: schema.parse(settings), issues: null };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { issues: error.issues };
  }
}

function unknownType(type: string, known: readonly string[], path: Path, document: SourceDocument): Problem {
  const place = placeOf(document, path);
  const meant = nearest(type, known);
  const hint = meant === null ? `expected one of: ${known.join(", ")}` : `did you mean '${meant}'?`;
  return { line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key: dotted(path), message: `no CRM '${type}'; ${hint}` };
}

/** E9: a secret written into the file itself is refused, not used. */
function literalSecrets(value: unknown, document: SourceDocument, path: Path): readonly Problem[] {
  return leaves(value, path).flatMap((leaf) => {
    const place = document.place(leaf.path);
    if (!isSecretKey(leaf.path) || typeof leaf.value !== "string" || leaf.value === "" || (place?.origins.length ?? 0) > 0) return [];
    const key = dotted(leaf.path);
    const message = `a secret must not stand in this file; put NAME=value into .env beside it and write \${NAME} here`;
    return [{ line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key, message }];
  });
}

function secretsIn(value: unknown, document: SourceDocument, path: Path): readonly string[] {
  return leaves(value, path).flatMap((leaf) => {
    if (typeof leaf.value !== "string") return [];
    const isSecret = isSecretKey(leaf.path) || (document.place(leaf.path)?.origins ?? []).some((origin) => origin.isSecret);
    const inUrl = /^[a-z]+:\/\/[^/@:]*:([^@]+)@/i.exec(leaf.value)?.[1];
    return [...(isSecret ? [leaf.value] : []), ...(inUrl === undefined ? [] : [inUrl, decodeURIComponent(inUrl)])];
  });
}

/** Every scalar below a value, with its path. */
export function leaves(value: unknown, path: Path): readonly { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  }
  return [{ path, value }];
}

function invalid(file: string, problems: readonly Problem[]): AppError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted
    .slice(0, MOST_SHOWN)
    .map(({ line, column, key, message }) => `${file}:${line}:${column} ${key === "" ? "" : `${key}: `}${message}`);
  const more = sorted.length > MOST_SHOWN ? [`… and ${sorted.length - MOST_SHOWN} more`] : [];
  return new AppError({
    code: "config.invalid",
    recovery: "configure",
    message: [...lines, ...more].join("\n"),
    details: { file: basename(file), problems: sorted.map(({ line, column, key, message }) => ({ line, column, key, message })) },
  });
}
