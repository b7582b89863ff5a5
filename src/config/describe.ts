import { basename } from "node:path";
import { Secret } from "#core/secret.ts";
import { dotted, leaves, type Path, type SourceDocument } from "./document.ts";
import type { Loaded } from "./load.ts";
import { isSecretKey, placeOf } from "./problems.ts";
import type { ConnectionConfig } from "./schema.ts";

/** One value in use. */
export interface DescribedValue {
  readonly key: string;
  /** `***` for a secret. */
  readonly value: string | number | boolean | null;
  /** `default`, `scorekeeper.yaml:12`, `environment NAME`, `.env NAME` or `file PATH`. */
  readonly source: string;
}

const MASK = "***";

/** Every value of a configuration with its source, secrets masked (O5). */
export function describeConfig(loaded: Loaded): readonly DescribedValue[] {
  const { config, document } = loaded;
  const connections = config.connections.map(({ id, type, settings }) => ({ id, type, ...(typeof settings === "object" ? settings : {}) }));
  return leaves({ ...config, connections }, []).flatMap(({ path, value }) => {
    if (value === undefined) return [];
    const { source, isSecret } = sourceOf(loaded.file, document, writtenAt(path, config.connections, document));
    return [{ key: dotted(path), value: isSecret || isSecretKey(path) ? MASK : masked(value), source }];
  });
}

/** A connection's `fields` are written in the section of that name. */
function writtenAt(path: Path, connections: readonly ConnectionConfig[], document: SourceDocument): Path {
  const [section, index, key, ...rest] = path;
  if (section !== "connections" || key !== "fields" || document.place(path) !== undefined) return path;
  const id = connections[Number(index)]?.id;
  return id === undefined ? path : ["fields", id, ...rest];
}

function sourceOf(file: string, document: SourceDocument, path: Path): { source: string; isSecret: boolean } {
  const own = document.place(path);
  const origins = own?.origins ?? [];
  if (origins.length > 0)
    return { source: origins.map((origin) => origin.source).join(", "), isSecret: origins.some((origin) => origin.isSecret) };
  // A value inside a list or map the schema reshaped has no place of its own, but is the file's if its parent is.
  const place = own ?? (typeof path.at(-1) === "number" ? placeOf(document, path) : undefined);
  return { source: place === undefined ? "default" : `${basename(file)}:${place.valueLine}`, isSecret: false };
}

function masked(value: unknown): string | number | boolean | null {
  if (value instanceof Secret) return MASK;
  if (typeof value === "string") return value.replace(/^([a-z]+:\/\/[^/@:]*:)[^@]+@/i, `$1${MASK}@`);
  return typeof value === "number" || typeof value === "boolean" ? value : value === null ? null : JSON.stringify(value);
}
