import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectors } from "#connectors/index.ts";
import type { Page } from "#core/connector.ts";
import { isAppError } from "#core/errors.ts";
import type { Source } from "./harness.ts";
import { type Model, model } from "./model.ts";
import { inOrder, readPages, streamOf } from "./reading.ts";
import { subjects } from "./subjects.ts";

/** "About 1,000 changes": one record with its history is never split, so a page may be somewhat longer. */
const MOST_CHANGES = 2_500;
/** Resumed after each of the first pages and evenly among the others. */
const MOST_STOPS = 12;

test("every connector of the registry has a subject", () => {
  expect(subjects.map(({ crm }) => crm).sort()).toEqual(Object.keys(connectors).sort());
});

describe.each(subjects)("$crm", (subject) => {
  let source: Source;
  const whole = new Map<string, readonly Page[]>();
  const modelOf = (pages: readonly Page[]): Model => {
    const made = model();
    made.apply(pages);
    return made;
  };

  beforeAll(async () => {
    source = await subject.start();
    const connector = source.open();
    for (const { name } of inOrder(connector.streams)) whole.set(name, await readPages(connector, name, null));
    await connector.close();
  });
  afterAll(async () => {
    await source.stop();
  });

  test("streams have names of their own and come after streams that are there", () => {
    const { streams } = source.open();
    const names = streams.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(streams.flatMap(({ after }) => after ?? []).filter((name) => !names.includes(name))).toEqual([]);
    expect(inOrder(streams)).toHaveLength(names.length);
  });

  test("reads something in every stream, in more than one page somewhere", () => {
    expect([...whole].filter(([, pages]) => pages.flatMap(({ changes }) => changes).length === 0).map(([name]) => name)).toEqual([]);
    expect(Math.max(...[...whole.values()].map((pages) => pages.length))).toBeGreaterThan(2);
  });

  test("streams emit what they say, in pages of bounded size that count what was received", () => {
    for (const stream of source.open().streams) {
      for (const page of whole.get(stream.name) ?? []) {
        expect(page.changes.filter(({ type }) => !stream.emits.includes(type))).toEqual([]);
        expect(page.changes.length + page.rejects.length).toBeLessThanOrEqual(MOST_CHANGES);
        if (page.changes.some(({ op }) => op === "upsert")) expect(page.received).toBeGreaterThan(0);
      }
    }
  });

  test("records have ids, and text the warehouse can hold (law 4)", () => {
    for (const [name, pages] of whole) {
      for (const change of pages.flatMap(({ changes }) => changes)) {
        if (change.op !== "upsert") continue;
        const text = JSON.stringify(change.record);
        expect({
          name,
          id: change.record.id,
          isHeld: change.record.id !== "" && !text.includes("\\u0000") && text.isWellFormed(),
        }).toMatchObject({
          isHeld: true,
        });
      }
    }
  });

  test("resumed after any page, it comes to the same records (law 1)", async () => {
    for (const [name, pages] of whole) {
      const expected = modelOf(pages).content();
      for (const stop of stops(pages.length)) {
        const connector = source.open();
        const held = modelOf(pages.slice(0, stop));
        held.apply(await readPages(connector, name, pages[stop - 1]?.checkpoint ?? null));
        await connector.close();
        expect({ name, stop, content: held.content() }).toEqual({ name, stop, content: expected });
      }
    }
  });

  test("checkpoints never go back: the later one resumes, the less is left", async () => {
    for (const [name, pages] of whole) {
      let before = Number.POSITIVE_INFINITY;
      for (const stop of stops(pages.length)) {
        const connector = source.open();
        const left = (await readPages(connector, name, pages[stop - 1]?.checkpoint ?? null)).flatMap(({ changes }) => changes).length;
        await connector.close();
        expect({ name, stop, more: left > before }).toEqual({ name, stop, more: false });
        before = left;
      }
    }
  });

  test("read once more from its end, nothing is new", async () => {
    for (const [name, pages] of whole) {
      const connector = source.open();
      const held = modelOf(pages);
      const before = held.content();
      const again = await readPages(connector, name, pages.at(-1)?.checkpoint ?? null);
      held.apply(again);
      await connector.close();
      expect({ name, content: held.content() }).toEqual({ name, content: before });
    }
  });

  test("an unknown checkpoint is refused, never guessed", async () => {
    const connector = source.open();
    for (const { name } of connector.streams) {
      const error = await readPages(connector, name, { v: 4711, data: { anything: 1 } }).catch((caught: unknown) => caught);
      expect({ name, recovery: isAppError(error) ? error.recovery : error }).toEqual({ name, recovery: "abort" });
    }
    await connector.close();
  });

  test("told to stop, it ends between two pages and can go on from there", async () => {
    for (const [name, pages] of whole) {
      if (pages.length < 2) continue;
      const connector = source.open();
      const stop = new AbortController();
      const held = model();
      let last: Page | undefined;
      const budget = { spend: async () => {}, observe: () => {} };
      const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
      for await (const page of streamOf(connector, name).read(null, { clock: connector.clock, budget, log, signal: stop.signal })) {
        expect(last).toBeUndefined();
        last = page;
        held.apply([page]);
        stop.abort();
      }
      held.apply(await readPages(connector, name, last?.checkpoint ?? null));
      await connector.close();
      expect({ name, content: held.content() }).toEqual({ name, content: modelOf(pages).content() });
    }
  });

  test("says what it can: written only with a writer, checked without a failure", async () => {
    const connector = source.open();
    expect(connector.writer === undefined).toBe(connector.capabilities.writeTargets.length === 0);
    expect(connector.capabilities.writeBatch > 0).toBe(connector.writer !== undefined);
    const report = await connector.check(new AbortController().signal);
    expect(report.lines.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.lines.length).toBeGreaterThan(0);
    await connector.close();
  });

  test("each class of error asks for what it needs, and reading goes on afterwards", async () => {
    for (const fault of source.faults) {
      const connector = source.open();
      const [first] = inOrder(connector.streams);
      fault.arm();
      const error = await readPages(connector, first?.name ?? "", null).catch((caught: unknown) => caught);
      fault.disarm();
      await connector.close();
      expect({ fault: fault.name, recovery: isAppError(error) ? error.recovery : String(error) }).toEqual({
        fault: fault.name,
        recovery: fault.recovery,
      });
      const after = source.open();
      expect(modelOf(await readPages(after, first?.name ?? "", null)).content()).toEqual(
        modelOf(whole.get(first?.name ?? "") ?? []).content(),
      );
      await after.close();
    }
  });

  test("one result for each written item, in its place", async () => {
    const { writing } = source;
    const connector = source.open();
    if (writing === undefined || connector.writer === undefined) {
      expect(writing).toBeUndefined();
      expect(connector.writer).toBeUndefined();
      return;
    }
    await writing.prepare(connector);
    const [first, second, ...rest] = writing.good(5);
    if (first === undefined || second === undefined) throw new Error("the subject has too few items");
    const results = await connector.writer.write([first, writing.bad(), second, ...rest], new AbortController().signal);
    await connector.close();
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true, ...rest.map(() => true)]);
  });

  test("a change and a deletion at the source come in with the next reading", async () => {
    const changed = await source.touch();
    await source.settle();
    const held = modelOf(whole.get(changed.stream) ?? []);
    const before = held.text(changed.type, changed.id);
    const connector = source.open();
    const second = await readPages(connector, changed.stream, whole.get(changed.stream)?.at(-1)?.checkpoint ?? null);
    held.apply(second);
    expect(held.has(changed.type, changed.id)).toBe(true);
    expect(held.text(changed.type, changed.id)).not.toBe(before);

    const gone = await source.remove();
    await source.settle();
    const pages = gone.stream === changed.stream ? second : (whole.get(gone.stream) ?? []);
    const left = gone.stream === changed.stream ? held : modelOf(pages);
    expect(left.has(gone.type, gone.id)).toBe(true);
    left.apply(await readPages(connector, gone.stream, pages.at(-1)?.checkpoint ?? null));
    expect(left.has(gone.type, gone.id)).toBe(false);
    await connector.close();
  });
});

/** Pages to stop after: the first ones, the last ones and some between. */
function stops(pages: number): readonly number[] {
  if (pages <= MOST_STOPS) return Array.from({ length: pages }, (_, index) => index + 1);
  return [...new Set(Array.from({ length: MOST_STOPS }, (_, index) => 1 + Math.round((index * (pages - 1)) / (MOST_STOPS - 1))))];
}
