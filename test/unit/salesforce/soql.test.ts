import fc from "fast-check";
import { expect, test } from "vitest";
import { all, among, any, compare, countSoql, day, flag, longId, moment, recordId, soql, text } from "#connectors/salesforce/soql.ts";
import type { Day } from "#core/time/day.ts";
import type { Instant } from "#core/time/instant.ts";

/** Reads a literal back as Salesforce does; null when it ends before its last character. */
function unquoted(literal: string): string | null {
  const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  let value = "";
  let index = 1;
  while (index < literal.length && literal[index] !== "'") {
    const char = literal[index] ?? "";
    const next = literal[index + 1] ?? "";
    value += char === "\\" ? (escapes[next] ?? next) : char;
    index += char === "\\" ? 2 : 1;
  }
  return literal[0] === "'" && index === literal.length - 1 ? value : null;
}

test("whatever a person typed stays inside its quotes", () => {
  const nasty = fc.string({ unit: fc.constantFrom("'", "\\", '"', "\n", "\r", "x", " OR Name != ", "%", "ł", "\u0000") });
  fc.assert(fc.property(fc.oneof(nasty, fc.string({ unit: "grapheme" })), (value) => unquoted(text(value)) === value));
});

test("the injections of old are harmless", () => {
  expect(text("x\\' OR Name != '")).toBe("'x\\\\\\' OR Name != \\''");
  expect(text("O'Brien")).toBe("'O\\'Brien'");
});

test.each(["006000000000001", "006000000000001AAA"])("id %s is taken", (id) => {
  expect(recordId(id)).toBe(`'${id}'`);
});

test.each(["", "006", "006000000000001A", "' OR Id != '", "006000000000001AAA'", "00600000000000é"])("'%s' is no id", (id) => {
  expect(() => recordId(id)).toThrow(expect.objectContaining({ code: "salesforce.bad_query" }));
});

test.each(["Name; DELETE", "Name,Id", "a b", "Name)", "1a", "", "A.B.C.D.E.F.G"])("'%s' is no name", (name) => {
  expect(() => soql({ object: "Opportunity", fields: [name] })).toThrow(expect.objectContaining({ code: "salesforce.bad_query" }));
  expect(() => soql({ object: name, fields: ["Id"] })).toThrow();
  expect(() => compare(name, "=", text("x"))).toThrow();
  expect(() => countSoql(name)).toThrow();
});

test("an empty list is refused: without the condition everything would be selected", () => {
  expect(() => among("Id", [])).toThrow(expect.objectContaining({ code: "salesforce.bad_query" }));
});

test("a whole query", () => {
  const at = moment("2026-05-01T07:25:37.000Z" as Instant);
  const where = [
    any([
      compare("SystemModstamp", ">", at),
      all([compare("SystemModstamp", "=", at), compare("Id", ">", recordId("006000000000001AAA"))]),
    ]),
    among("StageName", [text("Closed Won"), text("Closed Lost")]),
    compare("CloseDate", "<", day("2026-07-01" as Day)),
    compare("IsDeleted", "=", flag(false)),
  ];
  expect(soql({ object: "Opportunity", fields: ["Id", "Account.Name"], where, orderBy: ["SystemModstamp", "Id"], limit: 10 })).toBe(
    "SELECT Id,Account.Name FROM Opportunity WHERE ((SystemModstamp > 2026-05-01T07:25:37Z) OR (SystemModstamp = 2026-05-01T07:25:37Z AND " +
      "Id > '006000000000001AAA')) AND StageName IN ('Closed Won','Closed Lost') AND CloseDate < 2026-07-01 AND IsDeleted = false " +
      "ORDER BY SystemModstamp,Id LIMIT 10",
  );
});

test("ids of 15 characters become the 18 everybody else shows", () => {
  expect(longId("0057e00000RmwSW")).toBe("0057e00000RmwSWAAZ");
  expect(longId("0057e00000RmwSWAAZ")).toBe("0057e00000RmwSWAAZ");
  expect(longId("not an id")).toBeNull();
});

test("ids that differ in case only stay apart for who ignores case", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abcXYZ019"), minLength: 15, maxLength: 15 });
  fc.assert(
    fc.property(letters, letters, (a, b) => {
      const [longA = "", longB = ""] = [longId(a) ?? "", longId(b) ?? ""];
      return a === b || longA.toLowerCase() !== longB.toLowerCase();
    }),
  );
});
