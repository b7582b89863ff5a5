import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one way of bringing the file into a database took. */
export interface CsvRun {
  readonly seconds: number;
  readonly rows: number;
  readonly peakMb: number;
}

/** The small young generation is how the npm scripts start the program, too: it saves 60 MB and costs nothing measurable. */
const FLAGS = ["--max-semi-space-size=4"];

/** A file of deals into an empty warehouse by the connector and `runSync`, beside a bare loop that parses the same file and inserts the
 *  same columns into the same table. Each in a process of its own, so that the peaks of memory are their own. */
export async function benchCsv(
  folder: string,
  rows: number,
  say: (line: string) => void,
): Promise<{ readonly ratio: number; readonly ours: CsvRun }> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `deals-${rows}.csv`);
  if (!existsSync(file)) await writeDeals(file, rows);
  const [bare, ours] = (["bare", "ours"] as const).map((way) => {
    const run = inChild(way, file, join(folder, `csv-${way}.db`));
    say(`${way.padEnd(5)} ${run.seconds.toFixed(2).padStart(8)} s  ${Math.round(run.rows / run.seconds)} rows/s, peak ${run.peakMb} MB`);
    return run;
  });
  if (bare === undefined || ours === undefined) throw new Error("nothing was measured");
  const ratio = bare.seconds / ours.seconds;
  say(`ratio ${ratio.toFixed(2)} (goal 0.50), peak ${ours.peakMb} MB (goal 300)`);
  return { ratio, ours };
}

function inChild(way: "bare" | "ours", file: string, database: string): CsvRun {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(database + suffix, { force: true });
  const child = fileURLToPath(new URL("csv-child.ts", import.meta.url));
  const run: CsvRun = JSON.parse(
    execFileSync(process.execPath, [...FLAGS, child, way, file, database], { encoding: "utf8", maxBuffer: 1 << 20 }),
  );
  for (const suffix of ["", "-wal", "-shm"]) rmSync(database + suffix, { force: true });
  return run;
}

/** Deals as an export would have them: forty reps, seven products, nine hundred accounts, a fifth still open. */
async function writeDeals(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write("id,agent,product,account,stage,opened,closed,amount\n");
  for (let from = 0; from < rows; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - from) }, (_, index) => dealLine(from + index));
    if (!out.write(`${lines.join("\n")}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}

function dealLine(n: number): string {
  const isOpen = n % 5 === 0;
  const month = (shift: number): string => String(1 + ((n + shift) % 12)).padStart(2, "0");
  const day = String(1 + (n % 28)).padStart(2, "0");
  const stage = isOpen ? (n % 2 === 0 ? "Engaging" : "Prospecting") : n % 3 === 0 ? "Lost" : "Won";
  const end = isOpen ? "," : `2026-${month(3)}-${day},${(n * 37) % 90_000}.50`;
  return `OPP-${String(n).padStart(8, "0")},Agent ${n % 40},GTX ${n % 7},Account ${n % 900},${stage},2025-${month(0)}-${day},${end}`;
}
