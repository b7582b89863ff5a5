import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, runScorekeeper } from "../support/cli.ts";

const CONFIG = "organization: {name: A, timeZone: UTC, currency: EUR}\npeople: {level: team}\n";

test("no verb shows help and ends well", async () => {
  const { code, stdout } = await runScorekeeper([], { cwd: folder({}) });
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: scorekeeper");
});

test.each([
  [["confg"], "did you mean 'config'?", "usage.verb"],
  [["config", "chekc"], "did you mean 'check'?", "usage.verb"],
  [["config"], "needs one of: check", "usage.verb"],
  [["config", "check", "--jsno"], "did you mean '--json'?", "usage.option"],
  [["config", "check", "--config"], "argument missing", "usage.arguments"],
  [["init", "--people", "all"], "Allowed choices are individual, team", "usage.arguments"],
  [["config", "check"], "scorekeeper init", "config.missing"],
])("%j is a mistake of use: exit 2 and one line that helps", async (args, words, errorCode) => {
  const { code, stdout, stderr } = await runScorekeeper(args, { cwd: folder({}) });
  expect(stderr).toContain(words);
  expect(stderr).toContain(`[${errorCode}]`);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("every verb has help with examples on stdout", async () => {
  const { code, stdout } = await runScorekeeper(["init", "--help"], { cwd: folder({}) });
  expect(code).toBe(0);
  expect(stdout).toContain("Examples:\n  scorekeeper init");
});

test("a good configuration is one JSON document with --json and nothing else", async () => {
  const cwd = folder({ "scorekeeper.yaml": CONFIG });
  const { code, stdout, stderr } = await runScorekeeper(["config", "check", "--json"], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: "scorekeeper.config-check/1", warnings: [] });
  expect(stderr).toBe("");
});

test("a typing mistake in the configuration is exit 2 with its line, in words and in JSON", async () => {
  const cwd = folder({ "scorekeeper.yaml": `${CONFIG}alert: {}\n` });
  const { code, stdout, stderr } = await runScorekeeper(["config", "check", "--json"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("scorekeeper.yaml:3:1 alert: unknown key; did you mean 'alerts'?");
  expect(JSON.parse(stdout)).toMatchObject({ schema: "scorekeeper.error/1", code: "config.invalid" });
});

test("a secret is never printed, wherever it comes from and whatever goes wrong", async () => {
  const canary = "canary-5f2c9e";
  const yaml = `${CONFIG}alerts: {smtp: {host: h, port: "\${PORT}", password: "\${PW}"}}\nwarehouse: "postgres://me:\${PW}@127.0.0.1:1/x"\n`;
  const cwd = folder({ "scorekeeper.yaml": yaml, ".env": `PW=${canary}\nPORT=${canary}\n` });
  const good = { PORT: "25" };
  const runs = [
    await runScorekeeper(["config", "check"], { cwd }),
    await runScorekeeper(["config", "print"], { cwd, env: good }),
    await runScorekeeper(["config", "print", "--json"], { cwd, env: good }),
    await runScorekeeper(["migrate", "--debug"], { cwd, env: good }),
  ];
  expect(runs.map(({ code }) => code)).toEqual([2, 0, 0, 1]);
  for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(canary);
});

test("a secrets file that others can read is a warning", async () => {
  const cwd = folder({ "scorekeeper.yaml": CONFIG });
  writeFileSync(join(cwd, ".env"), "A=b\n", { mode: 0o644 });
  const { code, stderr } = await runScorekeeper(["config", "check"], { cwd });
  expect(code).toBe(0);
  expect(stderr).toContain("chmod 600");
});

test("init --yes wants to know whose results may be computed", async () => {
  const { code, stderr } = await runScorekeeper(["init", "--yes"], { cwd: folder({}) });
  expect(code).toBe(2);
  expect(stderr).toContain("--people team");
});

test("init writes a configuration that is good, secrets for one pair of eyes, and never overwrites", async () => {
  const cwd = folder({ "deals.csv": "opportunity_id,sales_agent,deal_stage,close_value\n1,Ana,Won,10\n" });
  const args = ["init", "--yes", "--people", "individual", "--basis", "agreement: 7 # of 2026", "--deals", "deals.csv"];
  const first = await runScorekeeper(args, { cwd });
  expect(first.code, first.stderr).toBe(0);
  expect(statSync(join(cwd, ".env")).mode & 0o777).toBe(0o600);
  const checked = await runScorekeeper(["config", "print", "--json"], { cwd });
  expect(checked.code, checked.stderr).toBe(0);
  const values: { key: string; value: unknown }[] = JSON.parse(checked.stdout).values;
  expect(values).toContainEqual(expect.objectContaining({ key: "people.basis", value: "agreement: 7 # of 2026" }));
  expect(values).toContainEqual(expect.objectContaining({ key: "connections[0].files.deals.columns.owner", value: "sales_agent" }));
  const second = await runScorekeeper(args, { cwd });
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("[usage.target_exists]");
});

test("a bad SCOREKEEPER_NOW is exit 2", async () => {
  const { code, stderr } = await runScorekeeper(["config", "check"], {
    cwd: folder({ "scorekeeper.yaml": CONFIG }),
    env: { SCOREKEEPER_NOW: "soon" },
  });
  expect(code).toBe(2);
  expect(stderr).toContain("SCOREKEEPER_NOW");
});
