import { join } from "node:path";
import { expect, test } from "vitest";
import { isAppError } from "#core/errors.ts";
import { readPeopleFile } from "#kit/people-file.ts";
import { readTargetsFile } from "#kit/targets-file.ts";
import { folder } from "./support.ts";

const file = (text: string): string => join(folder({ "x.csv": text }), "x.csv");

test("people.csv: good lines are read, bad ones are named with line and reason", async () => {
  const { rows, problems } = await readPeopleFile(
    file(`email;name;manager_email;start_date;language;time_zone;source_ids
ANA@acme.example;Ana;eva@acme.example;2026-01-31;pl;Europe/Warsaw;hs:123; sf:005A
bo@acme.example;Bo;eva;;;;
;Nobody;;;;;
cy@acme.example;Cy;;31.01.2026;;;
dee@acme.example;Dee;;;de;;
eve@acme.example;Eve;;;;Warsaw;
fay@acme.example;Fay;;;;;123
gus@acme.example;Gus
Gus@acme.example;Gus again;;;;;
`),
  );
  expect(rows.map(({ email }) => email)).toEqual(["gus@acme.example"]);
  expect(problems).toHaveLength(8);
});

test("people.csv: source ids, days and languages are understood", async () => {
  const { rows, problems } = await readPeopleFile(
    file('email,source_ids,language,start_date\nANA@acme.example,"hs:123;sf:005A;export:Ana Diaz",PL,2026-01-31\nbo@acme.example,,,bad\n'),
  );
  expect(rows).toMatchObject([
    {
      email: "ana@acme.example",
      language: "pl",
      startedOn: "2026-01-31",
      sourceIds: [
        { connectionId: "hs", id: "123" },
        { connectionId: "sf", id: "005A" },
        { connectionId: "export", id: "Ana Diaz" },
      ],
    },
  ]);
  expect(problems).toEqual([{ line: 3, message: "x.csv line 3: start_date is 'bad', expected a day such as 2026-01-31." }]);
});

test("targets.csv: the last day is inclusive in the file and exclusive in the record", async () => {
  const { rows, problems } = await readTargetsFile(
    file(`who,metric,period_start,period_end,value,unit,ramp,source
Ana@acme.example,won_amount,2026-04-01,2026-06-30,"250,000",,yes,board
team:East,won_deals,2026-04-01,2026-06-30,12,count,,
nobody,won_amount,2026-04-01,2026-06-30,1,,,
company,Won amount,2026-04-01,2026-06-30,1,,,
company,won_amount,2026-06-30,2026-04-01,1,,,
company,won_amount,2026-04-01,2026-06-30,much,,,
company,won_amount,,2026-06-30,1,,,
`),
    "EUR",
  );
  expect(rows).toMatchObject([
    {
      who: "ana@acme.example",
      periodStart: "2026-04-01",
      periodEnd: "2026-07-01",
      valueRaw: "250000",
      unit: "EUR",
      ramped: true,
      origin: "board",
    },
    { who: "team:East", unit: "count", ramped: false },
  ]);
  expect(problems.map(({ line }) => line)).toEqual([4, 5, 6, 7, 8]);
});

test("a column without a meaning is named, with those that have one", async () => {
  const error = await readPeopleFile(file("email,boss\na@b.example,c\n")).catch((caught: unknown) => caught);
  expect(isAppError(error) && [error.code, error.message]).toEqual([
    "file.unknown_column",
    expect.stringContaining("x.csv has the column 'boss', which means nothing here; known are email, name, manager_email"),
  ]);
});
