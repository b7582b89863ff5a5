import { createReadStream } from "node:fs";
import Database from "better-sqlite3";
import { file } from "#connectors/file/index.ts";
import { systemClock } from "#core/clock.ts";
import { silentLog } from "#core/log.ts";
import { systemRng } from "#core/rng.ts";
import { csvTokenizer } from "#kit/csv.ts";
import { runSync } from "#sync/run-sync.ts";
import { openWarehouse } from "#warehouse/open.ts";
import { organization } from "../support/metric-world.ts";

const [way, path = "", database = ""] = process.argv.slice(2);
const clock = systemClock();
const open = () => openWarehouse({ url: `sqlite:${database}`, clock, log: silentLog });

/** What one would write without a warehouse to keep: parse, insert, commit every thousand rows; the deals table as it is. */
async function bare(): Promise<number> {
  await (await open()).close();
  const db = new Database(database);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("cache_size = -65536");
  const insert = db.prepare(
    `insert into deals (connection_id, source_id, content_hash, first_seen_at, changed_seen_at, owner_id, product_id, account_id, pipeline_id, stage_id, outcome,
     created_at, created_day, close_day, amount_raw, amount_minor, currency, dimensions, reopen_count, born_closed)
     values ('x', ?, '', ?, ?, ?, ?, ?, 'default', ?, ?, ?, ?, ?, ?, ?, 'EUR', '{}', 0, 0)`,
  );
  const now = clock.now();
  const tokenizer = csvTokenizer(",");
  const decoder = new TextDecoder();
  let count = 0;
  const store = (cells: readonly string[]): void => {
    const [id, agent, product, account, stage = "", opened, closed, amount = ""] = cells;
    const outcome = stage === "Won" ? "won" : stage === "Lost" ? "lost" : "open";
    const minor = amount === "" ? null : Math.round(Number(amount) * 100);
    if (count % 1_000 === 0) db.exec(count === 0 ? "begin" : "commit; begin");
    insert.run(
      id,
      now,
      now,
      agent,
      product,
      account,
      stage,
      outcome,
      `${opened}T00:00:00.000Z`,
      opened,
      closed === "" ? null : closed,
      amount,
      minor,
    );
    count += 1;
  };
  for await (const bytes of createReadStream(path, { highWaterMark: 65_536 })) {
    for (const row of tokenizer.push(decoder.decode(bytes, { stream: true }))) if (row.line > 1) store(row.cells);
  }
  for (const row of tokenizer.end()) store(row.cells);
  db.exec("commit");
  db.close();
  return count;
}

/** The way of the program: every stream of the connection, checkpoints, hashes, stages, people and all. */
async function ours(): Promise<number> {
  const warehouse = await open();
  const columns = {
    id: "id",
    owner: "agent",
    product: "product",
    account: "account",
    stage: "stage",
    createdAt: "opened",
    closedAt: "closed",
    amount: "amount",
  };
  const settings = file.settings.parse({ files: { deals: { path, columns, stages: { Won: "won", Lost: "lost", "*": "open" } } } });
  const deps = { connectionId: "x", organization: organization(), directory: "/", clock, rng: systemRng(), log: silentLog };
  const connector = file.open(settings, deps);
  const budget = { spend: async () => {}, observe: () => {} };
  const report = await runSync({ ...deps, connector, warehouse, stageOverrides: {}, signal: new AbortController().signal, budget }, {});
  const failed = report.streams.find(({ state }) => state !== "ok");
  if (failed !== undefined) throw failed.error ?? new Error(`${failed.stream} did not end well`);
  await warehouse.close();
  return report.streams.find(({ stream }) => stream === "deals")?.received ?? 0;
}

const start = performance.now();
const rows = await (way === "bare" ? bare() : ours());
const seconds = (performance.now() - start) / 1000;
process.stdout.write(JSON.stringify({ seconds, rows, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
