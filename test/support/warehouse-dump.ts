import Database from "better-sqlite3";

/** Columns that say when the service did something, or are named after such a moment: two equal histories differ in them. */
const PROCESSING: Readonly<Record<string, readonly string[]>> = {
  "*": ["first_seen_at", "changed_seen_at", "updated_at", "measured_at", "applied_at", "changed_at", "run_id", "writeback_run_id"],
  alert_states: ["since", "fired_at", "told_at", "evaluated_at"],
  alert_events: ["event_id", "at", "notification_id"],
  manager_history: ["valid_from"],
  team_members: ["valid_from"],
  metric_values: ["as_of"],
};
/** Rows of running itself; mails are looked at one by one where it matters. */
const LEFT_OUT = new Set(["runs", "leases", "alert_deliveries", "writeback_runs", "api_usage"]);

/** Every table of a SQLite warehouse as sorted lines, without processing times, run rows and leases; `normal` puts one word for what
 *  may differ inside a value. */
export function dumpWarehouse(
  file: string,
  normal: (text: string) => string = (text) => text,
): Readonly<Record<string, readonly string[]>> {
  const database = new Database(file, { readonly: true });
  try {
    const names = database.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all() as string[];
    return Object.fromEntries(names.filter((name) => !LEFT_OUT.has(name)).map((name) => [name, lines(database, name).map(normal).sort()]));
  } finally {
    database.close();
  }
}

function lines(database: Database.Database, table: string): readonly string[] {
  const ignored = new Set([...(PROCESSING["*"] ?? []), ...(PROCESSING[table] ?? [])]);
  const rows = database.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
  // What a run had planned when it died belongs to that run's row: its story stays, the values were planned afresh.
  const own = rows.filter((row) => row["error_code"] !== "writeback.crashed");
  return own.map((row) => JSON.stringify(Object.entries(row).filter(([column]) => !ignored.has(column)))).sort();
}

/** Lines that stand in only one of two dumps, as `table - line` and `table + line`; empty when they are the same. */
export function dumpDifferences(
  expected: Readonly<Record<string, readonly string[]>>,
  actual: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((table) => {
    const [before, after] = [expected[table] ?? [], actual[table] ?? []];
    if (before.join("\n") === after.join("\n")) return [];
    const gone = before.filter((line) => !after.includes(line)).map((line) => `${table} - ${line}`);
    const come = after.filter((line) => !before.includes(line)).map((line) => `${table} + ${line}`);
    return [`${table}: ${before.length} rows expected, ${after.length} found`, ...gone.slice(0, 5), ...come.slice(0, 5)];
  });
}

/** Rows of one table of a SQLite warehouse. */
export function rowsOf(file: string, table: string): readonly Record<string, unknown>[] {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}
