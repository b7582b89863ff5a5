import Database from "better-sqlite3";
import { seededRng } from "#core/rng.ts";
import { dayFromNumber } from "#core/time/day.ts";

const DAY_0 = 19_900; // 2024-06-26
const SPAN_DAYS = 730;
export const BENCH_NOW = "2026-06-25T12:00:00.000Z";
const SEEN = "2026-06-25T00:00:00.000Z";
const OPEN_STAGES = ["qualify", "discover", "propose", "negotiate"];

export interface KpiWorldSize {
  readonly deals: number;
  readonly reps: number;
}

/** Writes a company straight into a migrated SQLite file: `deals` deals of two years with about five history rows each. */
export function writeKpiWorld(file: string, size: KpiWorldSize): { readonly deals: number; readonly history: number } {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = OFF");
  db.pragma("cache_size = -200000");
  const indexes = db.prepare("select name, sql from sqlite_master where type = 'index' and sql is not null").all() as {
    name: string;
    sql: string;
  }[];
  for (const index of indexes) db.exec(`drop index "${index.name}"`);
  const history = db.transaction(() => {
    writePeople(db, size.reps);
    writeStages(db);
    return writeDeals(db, size);
  })();
  for (const index of indexes) db.exec(index.sql);
  db.exec("analyze");
  db.close();
  return { deals: size.deals, history };
}

function writePeople(db: Database.Database, reps: number): void {
  const person = db.prepare("insert into people (person_id, name, is_active, first_seen_at, changed_seen_at) values (?, ?, 1, ?, ?)");
  const user = db.prepare(
    "insert into crm_users (connection_id, source_id, content_hash, first_seen_at, changed_seen_at, person_id, active, is_person, other_ids) values ('hs', ?, '', ?, ?, ?, 1, 1, '[]')",
  );
  const manager = db.prepare("insert into manager_history (person_id, manager_id, valid_from, valid_to) values (?, ?, ?, ?)");
  const team = db.prepare(
    "insert into team_members (person_id, kind, value, valid_from, valid_to) values (?, 'team', ?, '2024-01-01', null)",
  );
  for (let rep = 0; rep < reps; rep += 1) {
    const id = `rep${rep}@acme.example`;
    person.run(id, id, SEEN, SEEN);
    user.run(`u${rep}`, SEEN, SEEN, id);
    const boss = `boss${Math.floor(rep / 10)}@acme.example`;
    // One in five changes manager in the middle.
    manager.run(id, boss, "2024-01-01", rep % 5 === 0 ? "2025-07-01" : null);
    if (rep % 5 === 0) manager.run(id, `boss${(Math.floor(rep / 10) + 1) % Math.ceil(reps / 10)}@acme.example`, "2025-07-01", null);
    team.run(id, `Team ${Math.floor(rep / 10)}`);
  }
}

function writeStages(db: Database.Database): void {
  const stage = db.prepare(
    "insert into stages (connection_id, source_id, content_hash, first_seen_at, changed_seen_at, pipeline_id, stage_id, label, sort_order, outcome, crm_outcome, archived) values ('hs', ?, '', ?, ?, ?, ?, ?, ?, ?, ?, 0)",
  );
  for (const pipeline of ["default", "renewal"]) {
    [...OPEN_STAGES, "won", "lost"].forEach((id, order) => {
      const outcome = id === "won" || id === "lost" ? id : "open";
      stage.run(`${pipeline}/${id}`, SEEN, SEEN, pipeline, id, id, order, outcome, outcome);
    });
  }
}

function writeDeals(db: Database.Database, size: KpiWorldSize): number {
  const rng = seededRng(42);
  const whole = (below: number): number => Math.floor(rng.next() * below);
  const deal = db.prepare(
    `insert into deals (connection_id, source_id, content_hash, first_seen_at, changed_seen_at, name, owner_id, pipeline_id, stage_id, outcome,
     currency, amount_minor, amount_raw, created_at, created_day, close_day, source, dimensions, stage_entered_at, stage_closed_at, reopen_count, born_closed)
     values ('hs', ?, '', ?, ?, ?, ?, ?, ?, ?, 'EUR', ?, ?, ?, ?, ?, ?, '{}', ?, ?, 0, 0)`,
  );
  const stay = db.prepare(
    `insert into deal_stage_history (connection_id, deal_id, ordinal, pipeline_id, stage_id, entered_at, entered_day, left_at, left_day, direction, basis, days)
     values ('hs', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'recorded', ?)`,
  );
  const change = db.prepare(
    `insert into deal_changes (connection_id, source_id, deal_id, field, changed_at, sequence, value, basis, first_seen_at)
     values ('hs', ?, ?, 'owner', ?, 0, ?, 'recorded', ?)`,
  );
  const at = (day: number): string => `${dayFromNumber(day)}T10:00:00.000Z`;
  let rows = 0;
  for (let index = 0; index < size.deals; index += 1) {
    const id = `d${String(index).padStart(8, "0")}`;
    const pipeline = index % 4 === 0 ? "renewal" : "default";
    const isOpen = rng.next() < 0.12;
    const created = isOpen ? DAY_0 + SPAN_DAYS - 1 - whole(120) : DAY_0 + whole(SPAN_DAYS - 60);
    const today = DAY_0 + SPAN_DAYS;
    const days: number[] = [created];
    const stages: string[] = ["qualify"];
    const moves = 2 + whole(4);
    for (let move = 0; move < moves; move += 1) {
      const next = (days.at(-1) ?? created) + whole(16);
      if (next >= today) break;
      days.push(next);
      stages.push(OPEN_STAGES[Math.min(move + 1, 3) - (rng.next() < 0.1 ? 1 : 0)] ?? "qualify");
    }
    if (!isOpen) {
      days.push(Math.min((days.at(-1) ?? created) + 1 + whole(20), today));
      stages.push(rng.next() < 0.3 ? "won" : "lost");
    }
    const runs = stages.map((stage, k) => ({ stage, day: days[k] ?? created })).filter((run, k) => stages[k - 1] !== run.stage);
    runs.forEach((run, k) => {
      const next = runs[k + 1];
      stay.run(
        id,
        k + 1,
        pipeline,
        run.stage,
        at(run.day),
        dayFromNumber(run.day),
        next === undefined ? null : at(next.day),
        next === undefined ? null : dayFromNumber(next.day),
        k === 0 ? "first" : run.stage === "won" || run.stage === "lost" ? "close" : "forward",
        next === undefined ? null : next.day - run.day,
      );
    });
    rows += runs.length;
    const owner = whole(size.reps);
    const last = runs.at(-1);
    const amount = rng.next() < 0.05 ? null : 10_000 + whole(5_000_000);
    const closeDay = dayFromNumber(isOpen ? today + whole(60) : (last?.day ?? created));
    deal.run(
      id,
      SEEN,
      SEEN,
      `Deal ${index}`,
      `u${owner}`,
      pipeline,
      last?.stage ?? "qualify",
      isOpen ? "open" : (last?.stage ?? "open"),
      amount,
      amount === null ? null : String(amount / 100),
      at(created),
      dayFromNumber(created),
      closeDay,
      ["web", "event", "partner"][index % 3],
      at(last?.day ?? created),
      isOpen ? null : at(last?.day ?? created),
    );
    if (index % 4 === 0) {
      change.run(`${id}-0`, id, at(created), `u${whole(size.reps)}`, SEEN);
      change.run(`${id}-1`, id, at(created + 5), `u${owner}`, SEEN);
      rows += 2;
    }
  }
  return rows;
}
