import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { seededRng } from "#core/rng.ts";
import { type Holder, type LeaseDeps, withLease } from "#warehouse/lease.ts";
import { findRun, listRuns, markCrashed, withRun } from "#warehouse/runs.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { eachDatabase } from "../support/databases.ts";
import { manualClock } from "../support/manual-clock.ts";

const holder = (name: string, gone: readonly string[] = []): Holder => ({ name, isGone: (other) => gone.includes(other) });

eachDatabase((_name, open) => {
  const clock = manualClock();
  const deps = (warehouse: Warehouse, who: Holder): LeaseDeps => ({ warehouse, clock, holder: who, ttlMs: 60_000 });

  test("one holder at a time: the second is told who has it", async () => {
    const warehouse = await open();
    await withLease(deps(warehouse, holder("a")), "cycle", async () => {
      await expect(withLease(deps(warehouse, holder("b")), "cycle", async () => 1)).rejects.toMatchObject({
        code: "lease.busy",
        details: { holder: "a" },
      });
    });
    expect(await withLease(deps(warehouse, holder("b")), "cycle", async () => 1)).toBe(1);
  });

  test("the lease is free again when the work fails", async () => {
    const warehouse = await open();
    await expect(withLease(deps(warehouse, holder("a")), "cycle", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLease(deps(warehouse, holder("b")), "cycle", async () => 1)).toBe(1);
  });

  test("a holder that overslept can't write any more", async () => {
    const warehouse = await open();
    const asleep = withLease(deps(warehouse, holder("a")), "cycle", async (fenced) => {
      await clock.advance(61_000);
      return withLease(deps(warehouse, holder("b")), "cycle", async (other) => {
        await other.write(async () => {});
        await fenced.write(async () => {});
      });
    });
    await expect(asleep).rejects.toMatchObject({ code: "lease.lost" });
  });

  test("the lease of a process that is known to be dead is taken over at once", async () => {
    const warehouse = await open();
    const dead = withLease(deps(warehouse, holder("dead")), "cycle", async () => {
      expect(await withLease(deps(warehouse, holder("b", ["dead"])), "cycle", async () => 1)).toBe(1);
    });
    await dead;
  });

  test("a run leaves a row with its counts, whether it ends well or not", async () => {
    const warehouse = await open();
    const run = { warehouse, clock, rng: seededRng(1) };
    await withRun(run, { kind: "sync", connectionId: "hs" }, async () => ({ state: "partial", counts: { read: 3 }, value: null }));
    await clock.advance(1000);
    const failing = withRun(run, { kind: "measure" }, () =>
      Promise.reject(new AppError({ code: "x.y", recovery: "abort", message: "Bad." })),
    );
    await expect(failing).rejects.toThrow("Bad.");
    const rows = await warehouse.read((db) => listRuns(db, { limit: 10 }));
    expect(rows).toMatchObject([
      { kind: "measure", state: "failed", error_code: "x.y", error_message: "Bad." },
      { kind: "sync", connection_id: "hs", state: "partial", counts: '{"read":3}', error_code: null },
    ]);
    expect(await warehouse.read((db) => findRun(db, rows[0]!.run_id.slice(0, 8)))).toMatchObject({ kind: "measure" });
    expect(await warehouse.read((db) => findRun(db, "none"))).toBeUndefined();
  });

  test("a run whose process died is shown as crashed", async () => {
    const warehouse = await open();
    await withRun({ warehouse, clock, rng: seededRng(2) }, { kind: "sync" }, async () => {
      expect(await warehouse.write((tx) => markCrashed(tx, clock.now()))).toBe(1);
      const rows = await warehouse.read((db) => listRuns(db, { limit: 1 }));
      expect(rows).toMatchObject([{ state: "crashed" }]);
      return { state: "ok", counts: {}, value: null };
    });
  });
});
