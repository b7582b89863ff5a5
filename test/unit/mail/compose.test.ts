import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText, safeLink } from "#mail/clean.ts";
import { composeMail } from "#mail/compose.ts";
import { decodeContent } from "#mail/content.ts";
import { SAMPLES, sampleDeal, sampleDigest } from "#mail/samples.ts";

const digest = (change: Parameters<typeof sampleDeal>[0]) => composeMail(sampleDigest(1, { deals: [sampleDeal(change)] }), "en");

describe.each(Object.entries(SAMPLES))("template %s", (_name, make) => {
  const mail = composeMail(make(), "en");

  test("subject is one line under 70 characters", () => {
    expect(mail.subject.length).toBeGreaterThan(8);
    expect(mail.subject.length).toBeLessThan(70);
  });

  test("loads nothing from outside and runs nothing", () => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe|object|svg|form)\b|src=|url\(|@import|@font-face|data:/i);
  });

  test("layout tables are marked as such, data tables have a caption and row headers, the root has a language", () => {
    expect(mail.html).toMatch(/^<!doctype html>\n<html lang="en-GB">/);
    for (const [table] of mail.html.matchAll(/<table\b[^>]*>(?:<caption)?/g)) expect(table).toMatch(/role="presentation"|<caption$/);
    const rows = mail.html.match(/<th\b[^>]*>/g) ?? [];
    expect(rows.every((row) => row.includes('scope="row"'))).toBe(true);
  });

  test("stays under 90 KB", () => {
    expect(Buffer.byteLength(mail.html)).toBeLessThan(90 * 1024);
  });

  test("survives the outbox: composing from stored data gives the same mail", () => {
    expect(composeMail(decodeContent(JSON.stringify(make())), "en")).toEqual(mail);
  });
});

test("both parts tell the same facts", () => {
  const mail = composeMail(sampleDigest(3, { resolved: ["Harbour logistics"], resolvedMore: 2 }), "en");
  for (const fact of [
    ...["3 deals have been in their stage for too long", "Critical", "Now critical", "Negotiation, since 26 Feb 2026"],
    ...["96 days; typical is 21 days (31 won deals, last 12 months). Counts as stuck after 42 days.", "JP¥12,500,000", "Piotr Łukasiewicz"],
    ...["the limit is 30 days", "counted from creation", "Not set", "None recorded: ask for one with a date"],
    ...["https://app.hubspot.com/contacts/1/record/0-3/4711", "No longer stuck: Harbour logistics and 2 other deals."],
    ...["Figures as of 2 Jun 2026, 08:00 CEST."],
  ]) {
    expect(mail.html).toContain(fact);
    expect(mail.text).toContain(fact);
  }
});

test.each([
  [1, "Critical: 1 deal is stuck"],
  [2, "Critical: 2 deals are stuck, 1 of them new"],
  [34, "Critical: 34 deals are stuck, 7 of them new"],
])("%i deals: %s", (count, subject) => {
  const all = count === 1 ? sampleDigest(1, { deals: [sampleDeal()], fresh: 1 }) : sampleDigest(count);
  expect(composeMail(all, "en").subject).toBe(subject);
});

test("more than 20 are counted, not named", () => {
  const mail = composeMail(sampleDigest(34), "en");
  expect(mail.text.match(/^\d+\. /gm)).toHaveLength(20);
  expect(mail.text).toContain("and 14 more deals");
  expect(mail.html).toContain("and 14 more deals");
});

test("preview names the intended recipient and says that nobody else got it", () => {
  const mail = composeMail(sampleDigest(1, { preview: { meantFor: "Jan <jan@acme.example>" } }), "en");
  expect(mail.subject).toMatch(/^\[Preview\] /);
  expect(mail.text).toContain("only operations received this mail. It is meant for Jan <jan@acme.example>.");
  expect(mail.html).toContain("Jan &lt;jan@acme.example&gt;");
});

test("no owner is named where people are shown as teams", () => {
  const mail = digest({ owner: { state: "hidden" } });
  expect(mail.text).not.toContain("Owner");
  expect(mail.html).not.toContain("Owner");
});

describe("hostile names", () => {
  const name = `A\r\nBcc: x@evil.example\u202Egnp.exe<script>alert("1")</script>&amp;'\u0000`;

  test("are one line, escaped, and don't reorder what follows", () => {
    const mail = digest({ name, nextStep: name, account: name, stage: name, owner: { state: "named", name } });
    for (const bad of ["<script", "\u202e", "\u0000"]) expect(mail.html).not.toContain(bad);
    expect(mail.html).toContain("A Bcc: x@evil.examplegnp.exe&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;");
    expect(mail.text).not.toMatch(/^Bcc:/m);
    expect(mail.subject).not.toMatch(/Bcc/);
  });

  test("of 10,000 characters are cut, and a whole digest of them stays under 90 KB", () => {
    const long = "W&<".repeat(3334);
    const deals = Array.from({ length: 20 }, () =>
      sampleDeal({ name: long, account: long, nextStep: long, stage: long, owner: { state: "named", name: long } }),
    );
    const mail = composeMail(sampleDigest(20, { deals }), "en");
    expect(mail.text).toContain("…");
    expect(mail.text).not.toContain(long.slice(0, 400));
    expect(Buffer.byteLength(mail.html)).toBeLessThan(90 * 1024);
    const named = mail.text.match(/^\d+\. /gm)?.length ?? 0;
    expect(named).toBeGreaterThan(10);
    expect(mail.text).toContain(`and ${20 - named} more`);
  });

  test("a link that is no web address is not a link", () => {
    const mail = digest({ url: "javascript:alert(1)" });
    expect(mail.html).not.toContain("javascript:");
    expect(safeLink("https://a.example/x")).toBe("https://a.example/x");
    expect(safeLink('https://a.example/"><script>')).toBe('https://a.example/"><script>');
    expect(digest({ url: 'https://a.example/"><script>' }).html).not.toContain("<script>");
  });

  test("an empty name is replaced by the record's id", () => {
    expect(digest({ name: "\u202e \n", id: "hs:9" }).text).toContain("Deal hs:9");
  });
});

describe("cleanText", () => {
  test("cuts by visible characters, never inside one", () => {
    const family = "👩‍👩‍👧‍👦";
    expect(cleanText(family.repeat(3), 2)).toMatch(/…$/);
    expect(cleanText("dé́́̀f", 10)).toBe("dé́́̀f");
    expect(cleanText("abcdef", 4)).toBe("abc…");
    expect(cleanText("abcd", 4)).toBe("abcd");
  });

  test("whatever comes in: one line, bounded, well-formed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const clean = cleanText(text, max);
        expect(clean.length).toBeLessThanOrEqual(max * 4 + 1);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
        expect(clean.isWellFormed()).toBe(true);
      }),
      { seed: 3 },
    );
  });
});
