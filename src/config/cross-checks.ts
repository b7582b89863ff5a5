import type { z } from "zod";
import { nearest } from "#core/nearest.ts";
import { dotted, type Path, type Problem, type SourceDocument } from "./document.ts";
import { placeOf } from "./problems.ts";
import type { configSchema } from "./schema.ts";

type Checked = z.output<typeof configSchema>;

/** Rows of people.csv, targets.csv and rates stand under this connection (sync/reference-files). */
const RESERVED = "files";

/** What only the whole file shows: ids given twice, names of connections that are not there. */
export function crossProblems(config: Checked, document: SourceDocument): readonly Problem[] {
  const ids = config.connections.map((connection) => connection.id);
  return [
    ...ids.flatMap((id, index) =>
      id === RESERVED
        ? [problem(document, ["connections", index, "id"], `the id '${id}' is kept for the files beside this one; take another`)]
        : [],
    ),
    ...ids.flatMap((id, index) =>
      ids.indexOf(id) < index
        ? [problem(document, ["connections", index, "id"], `the id '${id}' is taken; every connection needs its own`)]
        : [],
    ),
    ...references(config).flatMap(({ path, connection }) =>
      ids.includes(connection) ? [] : [problem(document, path, unknownConnection(connection, ids))],
    ),
  ];
}

/** "no connection 'hss'; did you mean 'hs'?" */
export function unknownConnection(id: string, known: readonly string[]): string {
  const meant = nearest(id, known);
  const there = known.length === 0 ? "there are none" : `there are: ${known.join(", ")}`;
  return `no connection '${id}'; ${meant === null ? there : `did you mean '${meant}'?`}`;
}

function references(config: Checked): readonly { readonly path: Path; readonly connection: string }[] {
  const keys = (path: Path, object: object) => Object.keys(object).map((key) => ({ path: [...path, key], connection: key }));
  const recordKeys = (path: Path, object: object) =>
    Object.keys(object).map((key) => ({ path: [...path, key], connection: key.slice(0, key.indexOf(":")) }));
  const records = (path: Path, list: readonly string[] | undefined) =>
    (list ?? []).map((name, index) => ({ path: [...path, index], connection: name.slice(0, name.indexOf(":")) }));
  const { primary, ...matched } = config.matching.deals;
  const { process: salesProcess } = config;
  return [
    ...records(["scope", "pipelines", "include"], config.scope.pipelines.include),
    ...records(["scope", "pipelines", "exclude"], config.scope.pipelines.exclude),
    ...keys(["scope", "deals"], config.scope.deals),
    ...recordKeys(["process", "stages"], salesProcess.stages),
    ...recordKeys(["stages"], config.stages),
    ...keys(["fields"], config.fields),
    ...keys(["matching", "deals"], matched),
    ...(primary === undefined ? [] : [{ path: ["matching", "deals", "primary"], connection: primary }]),
    ...keys(["writeback", "connections"], config.writeback.connections),
  ];
}

function problem(document: SourceDocument, path: Path, message: string): Problem {
  const place = placeOf(document, path);
  return { line: place?.valueLine ?? 1, column: place?.valueColumn ?? 1, key: dotted(path), message };
}
