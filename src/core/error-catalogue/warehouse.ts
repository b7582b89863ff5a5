import type { ErrorTexts } from "./entry.ts";

/** Codes of opening, migrating, reading and writing the warehouse. */
export const WAREHOUSE_ERRORS: ErrorTexts = {
  "warehouse.url": {
    meaning: "The warehouse address can't be understood.",
    cause: "`warehouse` in the configuration begins with neither `sqlite:` nor `postgres://`.",
    remedy: "Write `sqlite:data/scorekeeper.db` or `postgres://user:password@host:5432/database`.",
  },
  "warehouse.unwritable": {
    meaning: "The warehouse file can't be created or written.",
    cause: "The folder is missing or belongs to another user, the file is read-only, or a part of the path is no folder.",
    remedy: "Give the service's user write permission on the folder, or set another path.",
  },
  "warehouse.not_a_database": {
    meaning: "The file is there but is no SQLite database.",
    cause: "The path points to another kind of file, or the file was overwritten.",
    remedy: "Set another path, or restore the file from a backup.",
  },
  "warehouse.foreign": {
    meaning: "The database holds tables of another program.",
    cause: "The address points to a database that Scorekeeper did not make.",
    remedy: "Give Scorekeeper a database (or PostgreSQL schema) of its own.",
  },
  "warehouse.damaged": {
    meaning: "The database file is damaged.",
    cause: "The disk failed, the file was copied while in use, or it was cut short.",
    remedy: "Stop the service and run `scorekeeper restore` with the latest backup, then `sync` catches up.",
  },
  "warehouse.newer": {
    meaning: "The warehouse was written by a newer version of the program; nothing was touched.",
    cause: "An older program was started on a warehouse that a newer one has migrated.",
    remedy: "Install the newer version, or restore the backup that was made before the migration.",
  },
  "warehouse.disk_full": {
    meaning: "The disk is full; the transaction was undone.",
    cause: "No space is left where the warehouse lies.",
    remedy: "Free some space and run the verb again.",
  },
  "warehouse.busy": {
    meaning: "Another process held the database for too long.",
    cause: "A long transaction of another process, or a deadlock that the database resolved.",
    remedy: "Nothing: the next run repeats the work. If it persists, look for one that hangs.",
  },
  "warehouse.login": {
    meaning: "PostgreSQL refused the user or password.",
    cause: "The credentials in `warehouse` are wrong or have changed.",
    remedy: "Correct user and password of the address.",
  },
  "warehouse.permission": {
    meaning: "PostgreSQL refused an action for lack of permission.",
    cause: "The user may not create tables or write in the schema.",
    remedy: "Grant the user CREATE and USAGE on the schema, or make it the owner of the database.",
  },
  "warehouse.unreachable": {
    meaning: "PostgreSQL can't be reached, or the connection broke.",
    cause: "Wrong host or port, the server is down, or a firewall is in between.",
    remedy: "Check the address and that the server runs; the next run goes on where this one stopped.",
  },
  "warehouse.no_database": {
    meaning: "The PostgreSQL database of the address does not exist.",
    cause: "It was never created, or its name is misspelt.",
    remedy: "Create it (`createdb NAME`) or correct the name.",
  },
  "warehouse.driver_missing": {
    meaning: "The PostgreSQL driver is not installed.",
    cause: "Optional packages were left out when the program was installed.",
    remedy: "Install again with optional packages (`npm install pg`).",
  },
  "warehouse.backup_unsupported": {
    meaning: "This kind of warehouse can't be backed up by the program.",
    cause: "PostgreSQL (and a database in memory) has its own tools.",
    remedy: "Use `pg_dump`, or the backups of your database host.",
  },
  "warehouse.nested": {
    meaning: "One warehouse transaction was opened inside another.",
    cause: "A mistake in the program: it would wait for itself for ever on some databases.",
    remedy: "Report it with the steps that lead to it.",
  },
  "record.bad_amount": {
    meaning: "An amount is no number; the record was put in quarantine.",
    cause: "The source sent text, or another decimal sign than the connection is configured for.",
    remedy: "Correct the amount in the source, or the number format of the file connection.",
  },
  "record.amount_too_large": {
    meaning: "An amount is beyond what can be kept exactly (2^53 minor units); the record was put in quarantine.",
    cause: "A typing mistake in the source, or a wrong currency.",
    remedy: "Correct the amount in the source.",
  },
  "record.unknown_currency": {
    meaning: "A currency code is unknown; the record was put in quarantine.",
    cause: "The source holds a code that ISO 4217 does not have.",
    remedy: "Correct the currency in the source, or map the column's values.",
  },
  "lease.busy": {
    meaning: "Another process is doing work that only one may do at a time.",
    cause: "A scheduled cycle, or the same command in another terminal.",
    remedy: "Wait until it is done. A process that died is noticed at once on this machine, elsewhere when its lease runs out.",
  },
  "lease.lost": {
    meaning: "This process was silent so long that another one took over its work.",
    cause: "The machine slept, or the disk or database stood still for minutes.",
    remedy: "Run again; nothing half-done was stored.",
  },
};
