import type { Organization } from "#core/organization.ts";
import type { Change } from "#core/records.ts";
import type { Instant } from "#core/time/instant.ts";
import type { LineProblem } from "#kit/csv-table.ts";
import { type PersonLine, readPeopleFile } from "#kit/people-file.ts";
import { readRatesFile } from "#kit/rates-file.ts";
import { readTargetsFile } from "#kit/targets-file.ts";
import { rebuildPeople } from "#people/rebuild.ts";
import { applyChanges } from "#warehouse/apply.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";

/** Under which connection the rows of these files stand; no configured connection may have this id. */
export const FILES_CONNECTION = "files";

/** The small files beside the configuration, as absolute paths; null for one that is not configured. */
export interface ReferenceFiles {
  readonly people: string | null;
  readonly targets: string | null;
  readonly rates: string | null;
}

export interface ReferenceDeps {
  readonly warehouse: Warehouse;
  readonly organization: Organization;
  readonly matching: "email" | "none";
  readonly files: ReferenceFiles;
  readonly now: Instant;
}

export interface ReferenceReport {
  readonly people: number;
  /** People whose managers lead back to themselves. */
  readonly cycles: readonly string[];
  readonly targets: number;
  readonly rates: number;
  /** Lines that could not be used; the others were. */
  readonly problems: readonly LineProblem[];
}

/** Brings people.csv, targets.csv and the exchange rates into the warehouse and joins people anew; what is unchanged costs no write.
 *  A file that is no longer configured takes its rows with it. Throws `file.*` for a file that can't be read at all. */
export async function readReferenceFiles(deps: ReferenceDeps): Promise<ReferenceReport> {
  const { files, organization } = deps;
  const people = await readOr(files.people, readPeopleFile);
  const targets = await readOr(files.targets, (path) => readTargetsFile(path, organization.currency));
  const rates = await readOr(files.rates, readRatesFile);
  const changes: readonly Change[] = [
    ...targets.rows.map((record): Change => ({ type: "target", op: "upsert", record })),
    { type: "target", op: "present", ids: targets.rows.map(({ id }) => id), within: EVERYTHING },
    ...rates.rows.map((record): Change => ({ type: "exchangeRate", op: "upsert", record })),
    { type: "exchangeRate", op: "present", ids: rates.rows.map(({ id }) => id), within: EVERYTHING },
  ];
  const rebuilt = await store(deps, changes, people.rows);
  return {
    people: rebuilt.people,
    cycles: rebuilt.cycles,
    targets: targets.rows.length,
    rates: rates.rows.length,
    problems: [...people.problems, ...targets.problems, ...rates.problems],
  };
}

const EVERYTHING = { order: "text", after: null, upTo: null } as const;

function store(deps: ReferenceDeps, changes: readonly Change[], lines: readonly PersonLine[]): ReturnType<typeof rebuildPeople> {
  const { organization, matching, now } = deps;
  return deps.warehouse.write(async (tx) => {
    const context = { connectionId: FILES_CONNECTION, organization, stageOverrides: {}, historyBasis: "native", now } as const;
    await applyChanges(tx, context, changes);
    return rebuildPeople(tx, { organization, matching, file: lines, now });
  });
}

type FileContent<T> = { readonly rows: readonly T[]; readonly problems: readonly LineProblem[] };

async function readOr<T>(path: string | null, read: (path: string) => Promise<FileContent<T>>): Promise<FileContent<T>> {
  return path === null ? { rows: [], problems: [] } : read(path);
}
