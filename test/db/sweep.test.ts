import { expect, test } from "vitest";
import type { IdRange } from "#core/records.ts";
import { storedWithin } from "#warehouse/sweep.ts";
import { eachDatabase } from "../support/databases.ts";

const IDS = [
  "call/7",
  "call/12",
  "call/120",
  "call/1000",
  "call/90071992547409931",
  "calm/12",
  "email/12",
  "note/50",
  "5",
  "70",
  "800",
  "1200",
];

eachDatabase((_name, open) => {
  const found = async (within: IdRange): Promise<readonly string[]> => {
    const warehouse = await open();
    return await warehouse.write(async (tx) => {
      for (const id of IDS) {
        await tx
          .insertInto("activity_links")
          .values({
            connection_id: "hs",
            source_id: id,
            activity_id: "1",
            to_type: "deal",
            to_id: "1",
            first_seen_at: "x",
            deleted_seen_at: null,
          })
          .execute();
      }
      return (await storedWithin(tx, "activity_links", "hs", within)).map(({ id }) => id).sort();
    });
  };

  test("a numeric range holds ids by their number, whatever their length", async () => {
    expect(await found({ order: "numeric", after: "5", upTo: "800" })).toEqual(["70", "800"]);
    expect(await found({ order: "numeric", after: "100", upTo: "900" })).toEqual(["800"]);
  });

  test.each<[string, string | null, string | null, readonly string[]]>([
    ["all of one object", "call/0", null, ["call/1000", "call/12", "call/120", "call/7", "call/90071992547409931"]],
    ["ends of one length", "call/100", "call/200", ["call/120"]],
    ["ends of several lengths", "call/7", "call/1000", ["call/1000", "call/12", "call/120"]],
    ["no ends at all", null, null, ["call/1000", "call/12", "call/120", "call/7", "call/90071992547409931"]],
  ])("with a prefix only ids of that object count: %s", async (_case, after, upTo, ids) => {
    expect(await found({ order: "numeric", after, upTo, prefix: "call/" })).toEqual(ids);
  });
});
