import { type Dialect, Kysely, PostgresDialect, sql } from "kysely";
import { AppError } from "#core/errors.ts";
import type { Db } from "../schema/db.ts";
import type { OpenDatabase } from "./dialect.ts";

/** Any number; the same for all processes that may migrate this database. */
const MIGRATION_LOCK = 7_246_713_551;

/** Connects to a server; `url` as libpq knows it. The driver is an optional package, loaded only here. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const pg = await loadDriver();
  const pool = new pg.Pool({ connectionString: url, max: 4, types: { getTypeParser: (oid, format) => parser(pg, oid, format) } });
  // A pooled connection that breaks while idle is replaced; the next query that fails says so.
  pool.on("error", () => {});
  return postgresDatabase(new PostgresDialect({ pool }), where(url));
}

/** A database over a dialect that is already connected; tests hand in PGlite. */
export function postgresDatabase(dialect: Dialect, place: string): OpenDatabase {
  const handle = new Kysely<Db>({ dialect });
  return {
    writer: handle,
    reader: handle,
    beginRead: async (tx) => {
      await sql`set transaction isolation level repeatable read, read only`.execute(tx);
    },
    lockMigrations: async (tx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(tx);
    },
    classify: (error) => classify(error, place),
    backup: async () => {
      throw new AppError({
        code: "warehouse.backup_unsupported",
        recovery: "configure",
        message: "A PostgreSQL warehouse is backed up with the server's own tools; use pg_dump.",
      });
    },
    file: null,
    ownTables: async (tx) => {
      const { rows } = await sql<{
        name: string;
      }>`select table_name as name from information_schema.tables where table_schema = current_schema()`.execute(tx);
      return rows.map((row) => row.name);
    },
    close: () => handle.destroy(),
  };
}

type Pg = typeof import("pg").default;

async function loadDriver(): Promise<Pg> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new AppError({
      code: "warehouse.driver_missing",
      recovery: "configure",
      message: "The warehouse is on PostgreSQL, but its driver is not installed. Run 'npm install pg'.",
      cause,
    });
  }
}

const INT8 = 20;
const NUMERIC = 1700;

/** Whole numbers and sums come back as text by default; ours stay below 2^53. */
function parser(pg: Pg, oid: number, format: "text" | "binary" | undefined): (text: string) => unknown {
  return oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format ?? "text");
}

/** Host and database for messages: never the password. */
function where(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return "PostgreSQL";
  }
}

type Meaning = readonly [code: string, recovery: AppError["recovery"], message: (place: string) => string];

const login: Meaning = [
  "warehouse.login",
  "configure",
  (place) => `PostgreSQL at ${place} refused the user or password. Correct 'warehouse' in the configuration.`,
];
const busy: Meaning = [
  "warehouse.busy",
  "retry",
  (place) => `Another transaction held PostgreSQL at ${place}. The work is repeated on the next run.`,
];
const unreachable: Meaning = [
  "warehouse.unreachable",
  "retry",
  (place) => `PostgreSQL at ${place} can't be reached. Check host and port under 'warehouse' and that the server runs.`,
];
const full: Meaning = [
  "warehouse.disk_full",
  "configure",
  (place) => `The disk of PostgreSQL at ${place} is full. Free some space and run again.`,
];

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or the socket's code. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "28P01": login,
  "28000": login,
  "3D000": [
    "warehouse.no_database",
    "configure",
    (place) => `The database ${place} does not exist. Create it or correct its name under 'warehouse'.`,
  ],
  "42501": [
    "warehouse.permission",
    "configure",
    (place) => `The user may not do this in ${place}. Grant it CREATE and USAGE on the schema, or make it the owner.`,
  ],
  "40001": busy,
  "40P01": busy,
  "55P03": busy,
  "53100": full,
  "53300": busy,
  "57P01": unreachable,
  "57P03": unreachable,
  "08006": unreachable,
  "08001": unreachable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  ENOENT: unreachable,
};

function classify(error: unknown, place: string): AppError | null {
  const code = (error as { code?: unknown } | null)?.code;
  const meaning = typeof code === "string" ? MEANINGS[code] : undefined;
  const isBroken = error instanceof Error && error.message.startsWith("Connection terminated");
  if (meaning === undefined && !isBroken) return null;
  const [appCode, recovery, message] = meaning ?? unreachable;
  return new AppError({ code: appCode, recovery, message: message(place), cause: error });
}
