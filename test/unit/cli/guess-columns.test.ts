import { expect, test } from "vitest";
import { guessFile } from "#cli/init/guess-columns.ts";

test("an export's columns are recognised by common names, whatever their case and spaces", () => {
  const guess = guessFile("deals", "Opportunity ID;Sales Agent;Deal Stage;Close Value;Extra\n1;Ana;Won;10;x\n");
  expect(guess).toMatchObject({ delimiter: ";", unused: ["Extra"] });
  expect(guess.columns).toEqual({ id: "Opportunity ID", owner: "Sales Agent", stage: "Deal Stage", amount: "Close Value" });
});

test.each([
  ["2016-10-20", "iso", false],
  ["20.10.2016", "dd.MM.yyyy", false],
  ["3/28/2016", "M/d/yyyy", false],
  ["28/03/2016", "dd/MM/yyyy", false],
  ["03/04/2016", "MM/dd/yyyy", true],
  ["28.03.2016 09:30", "dd.MM.yyyy HH:mm", false],
])("dates like %s are read as %s", (sample, dates, datesAreAmbiguous) => {
  expect(guessFile("deals", `id,created\n1,"${sample}"\n`)).toMatchObject({ dates, datesAreAmbiguous });
});

test("a BOM, tabs and quoted delimiters do not confuse it", () => {
  expect(guessFile("users", '\uFEFFName\tE-mail\tManager\n"A\tB"\ta@b.example\tC\n')).toMatchObject({
    delimiter: "\t",
    columns: { name: "Name", email: "E-mail", manager: "Manager" },
  });
});

test("no column is used twice", () => {
  const { columns } = guessFile("users", "rep,team\n");
  expect(columns).toEqual({ id: "rep", team: "team" });
});
