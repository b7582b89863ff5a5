import { expect, test } from "vitest";
import type { Instant } from "#core/time/instant.ts";
import { csvExport } from "#sandbox/export.ts";
import { connect, folder, pagesOf, recordsOf, rejectsOf } from "./support.ts";

const AT = "2026-06-30T12:00:00.000Z" as Instant;

test("the made-up company's export is read without a single refused row", async () => {
  const { files, connection } = csvExport({ at: AT });
  const connector = connect(folder(Object.fromEntries(files)), connection);
  const read = new Map<string, Awaited<ReturnType<typeof pagesOf>>>();
  for (const { name } of connector.streams) read.set(name, await pagesOf(connector, name));
  expect([...read.values()].flatMap((pages) => rejectsOf(pages))).toEqual([]);
  const deals = recordsOf(read.get("deals") ?? [], "deal");
  expect(deals.length).toBeGreaterThan(550);
  const users = recordsOf(read.get("users") ?? [], "user");
  expect(users).toHaveLength(18);
  const ids = new Set(users.map(({ id }) => id));
  expect(deals.filter(({ ownerId }) => ownerId !== null && !ids.has(ownerId))).toEqual([]);
  expect(new Set(users.map(({ managerName }) => managerName)).size).toBeGreaterThan(3);
  expect(recordsOf(read.get("targets") ?? [], "target").length).toBeGreaterThan(50);
  expect(recordsOf(read.get("stageHistory") ?? [], "stageEntry").length).toBeGreaterThan(1_500);
  expect(recordsOf(read.get("activities") ?? [], "activity").length).toBeGreaterThan(2_000);
});

test("the same options give the same bytes, another seed another company", () => {
  const one = csvExport({ at: AT, deals: 60 }).files;
  expect([...csvExport({ at: AT, deals: 60 }).files]).toEqual([...one]);
  expect(csvExport({ at: AT, deals: 60, seed: 8 }).files.get("deals.csv")).not.toBe(one.get("deals.csv"));
});
