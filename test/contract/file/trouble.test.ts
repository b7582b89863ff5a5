import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { fileSettings } from "#connectors/file/config.ts";
import { file } from "#connectors/file/index.ts";
import { planStreams } from "#connectors/file/plan.ts";
import { fileStream } from "#connectors/file/stream.ts";
import { isAppError } from "#core/errors.ts";
import { silentLog } from "#core/log.ts";
import { changesOf, clock, connect, DEALS, DEALS_CSV, folder, organization, pagesOf, recordsOf, rejectsOf } from "./support.ts";

const HEADER = "id,agent,product,account,stage,opened,closed,amount\n";

async function failure(text: string | Buffer | null, deals: object = DEALS): Promise<unknown> {
  const directory = folder(text === null ? {} : { "deals.csv": text });
  const error = await pagesOf(connect(directory, { deals }), "deals").catch((caught: unknown) => caught);
  return isAppError(error) ? { code: error.code, recovery: error.recovery, message: error.message } : error;
}

describe("a file that can't be used gives one line with the remedy, and no deletion", () => {
  test.each([
    ["is not there", null, "file.not_found", "put it there or correct `path`"],
    ["is empty", "", "file.empty", "not even a header line; nothing was read or deleted: export it again"],
    ["has a header only", HEADER, "file.no_rows", "has a header but no rows; nothing was read or deleted"],
    ["is split otherwise", HEADER.replaceAll(",", ";"), "file.delimiter", "it looks split at ';': set `delimiter: \";\"`"],
    [
      "lacks a column",
      DEALS_CSV.replace("agent", "agents"),
      "file.missing_column",
      "no column 'agent' (wanted for owner); did you mean 'agents'?",
    ],
  ])("%s", async (_name, text, code, remedy) => {
    expect(await failure(text)).toEqual({ code, recovery: "configure", message: expect.stringContaining(remedy) });
  });

  test("has an encoding that does not exist", async () => {
    expect(await failure(DEALS_CSV, { ...DEALS, encoding: "utf-9" })).toMatchObject({ code: "file.encoding" });
  });

  test("is a folder", async () => {
    const directory = folder({});
    const error = await pagesOf(connect(directory, { deals: { ...DEALS, path: "." } }), "deals").catch((caught: unknown) => caught);
    expect(isAppError(error) && error.code).toBe("file.unreadable");
  });

  test.skipIf(process.getuid?.() === 0)("may not be read", async () => {
    const directory = folder({ "deals.csv": DEALS_CSV });
    chmodSync(join(directory, "deals.csv"), 0);
    const error = await pagesOf(connect(directory, { deals: DEALS }), "deals").catch((caught: unknown) => caught);
    expect(isAppError(error) && error.code).toBe("file.unreadable");
  });
});

describe("whatever the cells hold goes in", () => {
  const first = async (
    text: string | Buffer,
    more: object = {},
  ): Promise<{ name: string | null; owner: string | null; amount: string | null }> => {
    const deals = { ...DEALS, ...more, columns: { ...DEALS.columns, name: "account" } };
    const pages = await pagesOf(connect(folder({ "deals.csv": text }), { deals }), "deals");
    expect(rejectsOf(pages)).toEqual([]);
    const [deal] = recordsOf(pages, "deal");
    return { name: deal?.name ?? null, owner: deal?.ownerId ?? null, amount: deal?.amountRaw ?? null };
  };

  test("byte order mark and CRLF", async () => {
    expect(await first(`\uFEFF${HEADER}D1,Ana,P,Żabka,Won,,,5\n`.replaceAll("\n", "\r\n"))).toEqual({
      name: "Żabka",
      owner: "Ana",
      amount: "5",
    });
  });
  test("newlines, quotes and delimiters in a cell", async () => {
    expect((await first(`${HEADER}D1,Ana,P,"Two\nlines, ""quoted""",Won,,,5\n`)).name).toBe('Two\nlines, "quoted"');
  });
  test("a megabyte in one cell", async () => {
    expect((await first(`${HEADER}D1,Ana,P,${"x".repeat(1_048_576)},Won,,,5\n`)).name).toHaveLength(1_048_576);
  });
  test("NUL becomes a mark of a lost character", async () => {
    expect((await first(`${HEADER}D1,Ana,P,a\0b,Won,,,5\n`)).name).toBe("a\uFFFDb");
  });
  test("text that looks like a formula stays text", async () => {
    expect((await first(`${HEADER}D1,"=HYPERLINK(""http://x"")",P,@SUM(A1),Won,,,5\n`)).name).toBe("@SUM(A1)");
  });
  test("Windows-1250 with semicolons and decimal commas", async () => {
    const text = iconv.encode(
      `${HEADER}D1,Łukasz,P,Żółw,Won,,,"1 234,50"\n`
        .replaceAll(/,(?=\S)/g, ";")
        .replace("1 234;50", "1 234,50")
        .replaceAll(",,", ";;"),
      "windows-1250",
    );
    expect(await first(text, { delimiter: ";", encoding: "windows-1250", decimal: "," })).toEqual({
      name: "Żółw",
      owner: "Łukasz",
      amount: "1234.50",
    });
  });
  test("UTF-16 with its mark, whatever encoding is set", async () => {
    expect((await first(iconv.encode(`${HEADER}D1,Ana,P,日本😀,Won,,,5\n`, "utf-16le", { addBOM: true }))).name).toBe("日本😀");
  });
});

describe("rows that are gone", () => {
  const sweepsOf = async (before: string, after: string, more: object = {}): Promise<unknown[]> => {
    const directory = folder({ "deals.csv": before });
    const connector = connect(directory, { deals: { ...DEALS, ...more } });
    const end = (await pagesOf(connector, "deals")).at(-1)?.checkpoint ?? null;
    writeFileSync(join(directory, "deals.csv"), after);
    return changesOf(await pagesOf(connector, "deals", end)).flatMap((change) => (change.op === "present" ? [change.ids] : []));
  };
  const without = (id: string): string => DEALS_CSV.replace(new RegExp(`^${id},.*\n`, "m"), "");

  test("are not among the ids that are present", async () => {
    expect(await sweepsOf(DEALS_CSV, without("D2"))).toEqual([["D1", "D3", "D4"]]);
  });
  test("are kept when the settings say so", async () => {
    expect(await sweepsOf(DEALS_CSV, without("D2"), { missingRows: "keep" })).toEqual([]);
  });
  test("a refused row with an id is still there", async () => {
    expect(await sweepsOf(DEALS_CSV, DEALS_CSV.replace("1200.50", "lots"))).toEqual([["D1", "D2", "D3", "D4"]]);
  });
  test("a row whose id can't be read may be any of them: nothing is taken for deleted", async () => {
    expect(await sweepsOf(DEALS_CSV, DEALS_CSV.replace("D2,", ","))).toEqual([]);
    expect(await sweepsOf(DEALS_CSV, DEALS_CSV.replace("D2,Bo Li,", "D2,"))).toEqual([]);
  });
  test("more ids than memory should hold are swept part by part, without a gap", async () => {
    const ids = ["a", "ab", "b", "\uE000", "😀", "Z", "ż", "10", "9"];
    const text = `${HEADER}${ids.map((id) => `${id},Ana,P,A,Won,,,5`).join("\n")}\n`;
    const settings = fileSettings.parse({ files: { deals: DEALS } });
    const plan = planStreams(settings.files).find(({ name }) => name === "deals");
    if (plan === undefined) throw new Error("no deals stream");
    const stream = fileStream(plan, { files: settings.files, directory: folder({ "deals.csv": text }), organization }, 2);
    const ranges: unknown[] = [];
    const budget = { spend: async () => {}, observe: () => {} };
    for await (const page of stream.read(null, { clock, budget, log: silentLog, signal: new AbortController().signal })) {
      for (const change of page.changes) if (change.op === "present") ranges.push([change.within.after, change.ids, change.within.upTo]);
    }
    expect(ranges).toEqual([
      [null, ["10", "9"], "9"],
      ["9", ["Z", "a"], "a"],
      ["a", ["ab", "b"], "b"],
      ["b", ["ż", "\uE000"], "\uE000"],
      ["\uE000", ["😀"], null],
    ]);
  });
});

test("a file that changed while a reading was interrupted is read from the start", async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => `D${n},Ana,P,A,Won,,,${n}`);
  const directory = folder({ "deals.csv": `${HEADER}${rows.join("\n")}\n` });
  const connector = connect(directory, { deals: DEALS });
  const [firstPage] = await pagesOf(connector, "deals");
  writeFileSync(join(directory, "deals.csv"), `${HEADER}D0,Bo,P,A,Lost,,,7\n`);
  const again = await pagesOf(connector, "deals", firstPage?.checkpoint ?? null);
  expect(recordsOf(again, "deal").map(({ id, ownerId }) => [id, ownerId])).toEqual([["D0", "Bo"]]);
});

test("other settings read an unchanged file again", async () => {
  const directory = folder({ "deals.csv": DEALS_CSV });
  const end = (await pagesOf(connect(directory, { deals: DEALS }), "deals")).at(-1)?.checkpoint ?? null;
  const other = connect(directory, { deals: { ...DEALS, columns: { ...DEALS.columns, name: "account" } } });
  expect(recordsOf(await pagesOf(other, "deals", end), "deal")).toHaveLength(4);
});

test("check names every file that can't be read, and goes on to the next", async () => {
  const directory = folder({ "deals.csv": DEALS_CSV });
  const connector = connect(directory, { deals: DEALS, users: { path: "teams.csv", columns: { id: "agent" } } });
  expect((await connector.check(new AbortController().signal)).lines).toEqual([
    { what: "deals: deals.csv", ok: true, detail: "8 columns" },
    { what: "users: teams.csv", ok: false, detail: expect.stringContaining("teams.csv is not there") },
  ]);
  rmSync(join(directory, "deals.csv"));
});

describe("settings", () => {
  const problem = (deals: object): string => {
    const result = fileSettings.safeParse({ files: { deals } });
    return result.success ? "" : (result.error.issues[0]?.message ?? "");
  };
  test("a mistyped column key, date pattern or delimiter is refused", () => {
    expect(problem({ ...DEALS, columns: { ...DEALS.columns, onwer: "agent" } })).toContain("onwer");
    expect(problem({ ...DEALS, dates: "DD.MM.YYYY" })).toContain("yyyy");
    expect(problem({ ...DEALS, delimiter: ";;" })).toContain("one character");
    expect(problem({ ...DEALS, stages: { Won: "winning" } })).not.toBe("");
  });
  test("tab may be written as a word", () => {
    expect(file.settings.parse({ files: { deals: { ...DEALS, delimiter: "tab" } } }).files.deals.delimiter).toBe("\t");
  });
});

test("values are put through their map, stages not under the map are refused with the nearest", async () => {
  const deals = { ...DEALS, stages: { Won: "won", Engaging: "open" }, values: { owner: { "Bo Li": "Bo" } } };
  const pages = await pagesOf(connect(folder({ "deals.csv": DEALS_CSV.replace("Prospecting", "Wonn") }), { deals }), "deals");
  expect(recordsOf(pages, "deal").map(({ id, ownerId }) => [id, ownerId])).toEqual([
    ["D1", "Ana Diaz"],
    ["D2", "Bo"],
  ]);
  expect(rejectsOf(pages).map(({ code, reason }) => [code, reason])).toEqual([
    ["record.unknown_stage", expect.stringContaining("did you mean 'Won'?")],
    ["record.unknown_stage", expect.stringContaining("stage 'Lost' is not under `stages`")],
  ]);
});
