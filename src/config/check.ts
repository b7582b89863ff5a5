import { basename } from "node:path";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { nearest } from "#core/nearest.ts";
import { crossProblems } from "./cross-checks.ts";
import { dotted, leaves, type Path, type Problem, readDocument, type SourceDocument } from "./document.ts";
import type { Lookup } from "./interpolate.ts";
import { jsonSchemaOf, keysAt, type SettingsSchema } from "./json-schema.ts";
import { isSecretKey, placeOf, problemsOf } from "./problems.ts";
import { readReferences } from "./references.ts";
import { type Config, type ConnectionConfig, configSchema } from "./schema.ts";

/** Settings schema of every connection type. */
export type ConnectionTypes = Readonly<Record<string, SettingsSchema>>;

export interface Checked {
  readonly config: Config;
  /** Every secret value in use, for the redactor only. */
  readonly secrets: readonly string[];
  readonly document: SourceDocument;
}

const MOST_SHOWN = 20;

/** A configuration text, filled in and checked. Throws `config.invalid`, which lists every mistake by file, line and column. */
export function checkText(options: {
  readonly file: string;
  readonly text: string;
  readonly lookup: Lookup;
  readonly types: ConnectionTypes;
  /** Told every secret as soon as it is known, before anything can be said about the file. */
  onSecrets?(secrets: readonly string[]): void;
}): Checked {
  const document = readDocument(options.text, options.lookup);
  const secrets = secretsIn(document);
  options.onSecrets?.(secrets);
  if (document.problems.length > 0) throw invalid(options.file, document.problems);
  const checked = checkSections(document);
  const connections = checkConnections(document, options.types);
  const problems = [
    ...literalSecrets(document),
    ...(checked.success ? [] : problemsOf(checked.error.issues, document, jsonSchemaOf(configSchema))),
    ...connections.flatMap((outcome) => outcome.problems),
    ...(checked.success ? crossProblems(checked.data, document) : []),
  ];
  if (problems.length > 0 || !checked.success) throw invalid(options.file, problems);
  const { $schema: _editor, ...config } = checked.data;
  const good = connections.flatMap((outcome) => (outcome.connection === undefined ? [] : [outcome.connection]));
  return { config: { ...config, connections: good }, secrets, document };
}

function checkSections(document: SourceDocument): ReturnType<typeof configSchema.safeParse> {
  const written = document.value ?? {};
  const first = configSchema.safeParse(written);
  const read = first.success ? null : readReferences(written, first.error.issues, document);
  return read === null ? first : configSchema.safeParse(read);
}

type Outcome = { readonly connection?: ConnectionConfig; readonly problems: readonly Problem[] };

function checkConnections(document: SourceDocument, types: ConnectionTypes): readonly Outcome[] {
  const { connections, fields } = objectOf(document.value);
  const list: readonly unknown[] = Array.isArray(connections) ? connections : [];
  return list.map((entry, index) => checkConnection(entry, ["connections", index], objectOf(fields), document, types));
}

function checkConnection(
  entry: unknown,
  path: Path,
  fields: Readonly<Record<string, unknown>>,
  document: SourceDocument,
  types: ConnectionTypes,
): Outcome {
  const { id, type, ...own } = objectOf(entry);
  if (typeof id !== "string" || typeof type !== "string") return { problems: [] };
  const schema = Object.hasOwn(types, type) ? types[type] : undefined;
  if (schema === undefined) return { problems: [unknownType(type, Object.keys(types), [...path, "type"], document)] };
  const shape = jsonSchemaOf(schema);
  // The section `fields` is written once for all connections; each gets its own part as one of its settings.
  const isMapped = Object.hasOwn(fields, id);
  if (isMapped && !keysAt(shape, []).includes("fields")) {
    return {
      problems: [at(document, ["fields", id], `a connection of type ${type} takes no fields here; map its columns under connections`)],
    };
  }
  const home = (inner: Path): Path => (isMapped && inner[0] === "fields" ? ["fields", id, ...inner.slice(1)] : [...path, ...inner]);
  const settings = isMapped ? { ...own, fields: fields[id] } : own;
  const first = attempt(schema, settings);
  const read = first.issues === null ? null : readReferences(settings, first.issues, document, home);
  const checked = read === null ? first : attempt(schema, read);
  if (checked.issues === null) return { connection: { id, type, settings: checked.value }, problems: [] };
  return { problems: problemsOf(checked.issues, document, shape, home) };
}

type Attempt = { readonly value: unknown; readonly issues: null } | { readonly issues: readonly z.core.$ZodIssue[] };

function attempt(schema: SettingsSchema, settings: unknown): Attempt {
  try {
    return { value: schema.parse(settings), issues: null };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { issues: error.issues };
  }
}

function unknownType(type: string, known: readonly string[], path: Path, document: SourceDocument): Problem {
  const meant = nearest(type, known);
  return at(document, path, `no CRM '${type}'; ${meant === null ? `expected one of: ${known.join(", ")}` : `did you mean '${meant}'?`}`);
}

/** E9: a secret written into the file itself is refused, not used. */
function literalSecrets(document: SourceDocument): readonly Problem[] {
  return leaves(document.value, []).flatMap(({ path, value }) => {
    const isReferred = (document.place(path)?.origins.length ?? 0) > 0;
    if (!isSecretKey(path) || typeof value !== "string" || value === "" || isReferred) return [];
    return [at(document, path, `a secret must not stand in this file; put NAME=value into .env beside it and write \${NAME} here`)];
  });
}

function secretsIn(document: SourceDocument): readonly string[] {
  return leaves(document.value, []).flatMap(({ path, value }) => {
    if (typeof value !== "string") return [];
    const isSecret = isSecretKey(path) || (document.place(path)?.origins ?? []).some((origin) => origin.isSecret);
    const inUrl = /^[a-z]+:\/\/[^/@:]*:([^@]+)@/i.exec(value)?.[1];
    return [...(isSecret ? [value] : []), ...(inUrl === undefined ? [] : [inUrl])];
  });
}

function at(document: SourceDocument, path: Path, message: string): Problem {
  const place = placeOf(document, path);
  return { line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key: dotted(path), message };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
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
