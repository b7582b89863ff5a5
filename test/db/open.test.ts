import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";

eachDatabase((_name, open) => {
  test("what a transaction wrote can be read after it", async () => {
    const warehouse = await open();
    await warehouse.write((tx) => tx.insertInto("settings").values({ key: "a", value: "1", changed_at: "t", changed_by: "me" }).execute());
    expect(await warehouse.read((db) => db.selectFrom("settings").selectAll().execute())).toEqual([
      { key: "a", value: "1", changed_at: "t", changed_by: "me" },
    ]);
  });

  test("a transaction that fails leaves nothing behind", async () => {
    const warehouse = await open();
    const writing = warehouse.write(async (tx) => {
      await tx.insertInto("settings").values({ key: "a", value: "1", changed_at: "t", changed_by: "me" }).execute();
      throw new Error("stop");
    });
    await expect(writing).rejects.toThrow("stop");
    expect(await warehouse.read((db) => db.selectFrom("settings").selectAll().execute())).toEqual([]);
  });

  test("a transaction inside another one is refused instead of waiting for ever", async () => {
    const warehouse = await open();
    await expect(warehouse.write(() => warehouse.read((db) => db.selectFrom("settings").selectAll().execute()))).rejects.toMatchObject({
      code: "warehouse.nested",
    });
  });

  test("text sorts by code point", async () => {
    const warehouse = await open();
    const keys = ["b", "a", "B", "ä", "Z", "\u{1f600}", "\uffef", "_"];
    await warehouse.write((tx) =>
      tx
        .insertInto("settings")
        .values(keys.map((key) => ({ key, value: "", changed_at: "", changed_by: "" })))
        .execute(),
    );
    const rows = await warehouse.read((db) => db.selectFrom("settings").select("key").orderBy("key").execute());
    expect(rows.map((row) => row.key)).toEqual(["B", "Z", "_", "a", "b", "ä", "\uffef", "\u{1f600}"]);
  });

  test("sums and counts are numbers", async () => {
    const warehouse = await open();
    const row = await warehouse.read((db) =>
      db
        .selectFrom("api_usage")
        .select((e) => [e.fn.countAll().as("n"), e.fn.sum("calls").as("calls")])
        .executeTakeFirst(),
    );
    expect(row).toEqual({ n: 0, calls: null });
  });
});
