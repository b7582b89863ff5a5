import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, runScorekeeper } from "../support/cli.ts";
import { rowsOf } from "../support/warehouse-dump.ts";

const HEADER = "id,agent,stage,amount,closed";
const CONFIG = `organization: {name: A, timeZone: UTC, currency: EUR}
people: {level: team}
warehouse: sqlite:w.db
connections:
  - id: export
    type: file
    files:
      deals: {path: deals.csv, columns: {id: id, owner: agent, stage: stage, amount: amount, closedAt: closed, currency: currency}}
`;
const PLAIN = CONFIG.replace(", currency: currency", "");

function deals(cwd: string): readonly Record<string, unknown>[] {
  return rowsOf(join(cwd, "w.db"), "deals").filter((row) => row["deleted_seen_at"] === null);
}

/** Without log lines: what an operator reads. */
function talk(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line !== "" && !line.startsWith('{"level"'));
}

test.each([
  ["a BOM and CRLF", `\uFEFF${HEADER}\r\n1,Ana,Won,10,2026-01-31\r\n2,Bo,Lost,5,2026-02-01\r\n`, 2],
  ["quotes, delimiters and line ends in cells", `${HEADER}\n1,"Ana ""the"" A,\nB",Won,10,2026-01-31\n`, 1],
  ["names like formulas", `${HEADER}\n1,"=cmd|' /C calc'!A0",Won,10,2026-01-31\n`, 1],
  ["a cell of a megabyte", `${HEADER}\n1,${"x".repeat(1_000_000)},Won,10,2026-01-31\n2,Bo,Won,1,2026-01-31\n`, 2],
  ["a NUL in a cell", `${HEADER}\n1,A\u0000na,Won,10,2026-01-31\n`, 1],
])("%s go in whole", async (_what, text, count) => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN, "deals.csv": text });
  const { code, stdout, stderr } = await runScorekeeper(["sync"], { cwd });
  expect(code, stdout + stderr).toBe(0);
  expect(deals(cwd)).toHaveLength(count);
});

test.each([
  ["an empty file", "", /deals\.csv/],
  ["a header and no rows", `${HEADER}\n`, /deals\.csv has a header but no rows/],
  ["another delimiter", `${HEADER.replaceAll(",", ";")}\n1;Ana;Won;10;2026-01-31\n`, /deals\.csv.*delimiter/s],
  ["a column that is not there", "id,agent,amount,closed\n1,Ana,10,2026-01-31\n", /deals\.csv.*stage/s],
])("%s is told in clear words, and nothing that was there is lost", async (_what, text, words) => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN, "deals.csv": `${HEADER}\n1,Ana,Won,10,2026-01-31\n` });
  expect((await runScorekeeper(["sync"], { cwd })).code).toBe(0);
  writeFileSync(join(cwd, "deals.csv"), text);
  const { code, stderr } = await runScorekeeper(["sync"], { cwd });
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(words);
  expect(stderr).not.toContain("    at ");
  expect(deals(cwd)).toHaveLength(1);
});

test("a bad row is kept aside with its line and reason; the rest goes in; exit 3", async () => {
  const cwd = folder({
    "scorekeeper.yaml": CONFIG,
    "deals.csv": `${HEADER},currency\n1,Ana,Won,10,2026-01-31,EUR\n2,Ana,Won,10,2026-01-31,EURO\n3,Ana,Won,ten,2026-01-31,EUR\n4,Ana,Won,7,2026-01-31,\n`,
  });
  const { code, stderr } = await runScorekeeper(["sync"], { cwd });
  expect(code, stderr).toBe(3);
  expect(talk(stderr).join("\n")).toContain("scorekeeper errors list");
  const listed = await runScorekeeper(["errors", "list", "--json"], { cwd });
  const { errors } = JSON.parse(listed.stdout) as { errors: { ref: string; reason: string }[] };
  expect(errors.map(({ reason }) => reason).join("\n")).toContain("EURO");
  expect(deals(cwd).map((row) => row["source_id"])).toEqual(expect.arrayContaining(["1", "4"]));
});

test("a file that can't be written as a warehouse is one line with the remedy", async () => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN.replace("sqlite:w.db", "sqlite:deals.csv"), "deals.csv": `${HEADER}\n` });
  const { code, stderr } = await runScorekeeper(["sync"], { cwd });
  expect(code).toBe(1);
  expect(talk(stderr)).toHaveLength(1);
  expect(stderr).toMatch(/\[warehouse\.[a-z_]+\]/);
});

test.skipIf(process.getuid?.() === 0)("a folder that can't be written is one line with the remedy", async () => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN.replace("sqlite:w.db", "sqlite:locked/w.db"), "deals.csv": `${HEADER}\n` });
  mkdirSync(join(cwd, "locked"));
  chmodSync(join(cwd, "locked"), 0o500);
  const { code, stderr } = await runScorekeeper(["sync"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain("[warehouse.unwritable]");
});

test("a stream nobody has is exit 2 with the nearest name", async () => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN, "deals.csv": `${HEADER}\n` });
  const { code, stderr } = await runScorekeeper(["sync", "--stream", "deal"], { cwd });
  expect(stderr).toContain("did you mean 'deals'?");
  expect(code).toBe(2);
});

test("a connection nobody has is exit 2 with the nearest name", async () => {
  const cwd = folder({ "scorekeeper.yaml": PLAIN, "deals.csv": `${HEADER}\n` });
  const { code, stderr } = await runScorekeeper(["sync", "--connection", "exprt"], { cwd });
  expect(stderr).toContain("did you mean 'export'?");
  expect(code).toBe(2);
});

test("two at once: one does the work, the other is told who does and ends with 5", async () => {
  const rows = Array.from({ length: 20_000 }, (_unused, index) => `${index},Ana,Won,10,2026-01-31`);
  const cwd = folder({ "scorekeeper.yaml": PLAIN, "deals.csv": `${HEADER}\n${rows.join("\n")}\n` });
  expect((await runScorekeeper(["migrate"], { cwd })).code).toBe(0);
  const both = await Promise.all([runScorekeeper(["sync"], { cwd }), runScorekeeper(["sync"], { cwd })]);
  expect(both.map(({ code }) => code).sort(), both.map(({ stderr }) => stderr).join("\n")).toEqual([0, 5]);
  expect(both.find(({ code }) => code === 5)?.stderr).toContain("[lease.busy]");
  expect(deals(cwd)).toHaveLength(20_000);
});
