import { expect, test } from "vitest";
import { dealBlocks } from "#warehouse/dirty.ts";

const deal = { created_day: "2026-01-31", close_day: "2026-03-31", stage_closed_at: null, outcome: "won" };

test("a closed deal lies in the months of its creation, its close date and each stay", () => {
  const stays = [
    { entered_day: "2026-01-31", left_day: "2026-02-01" },
    { entered_day: "2026-02-01", left_day: "2026-04-02" },
    { entered_day: "2026-04-02", left_day: null },
  ];
  expect([...dealBlocks(deal, stays)].sort()).toEqual([
    "closed:2026-03",
    "created:2026-01",
    "stage:2026-01",
    "stage:2026-02",
    "stage:2026-04",
  ]);
});

test("an open deal is stock, whatever its expected close date", () => {
  expect([...dealBlocks({ ...deal, outcome: "open", created_day: null }, [])]).toEqual(["open"]);
});

test("a closed deal without a close date lies where its last stay began", () => {
  expect([...dealBlocks({ ...deal, close_day: null, created_day: null }, [{ entered_day: "2026-05-01", left_day: null }])]).toContain(
    "closed:2026-05",
  );
});
