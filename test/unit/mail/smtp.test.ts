import { describe, expect, test } from "vitest";
import { buildMessage, sendOutcome } from "#mail/smtp.ts";
import { isMailAddress, senderDomain } from "#mail/transport.ts";

type Refusal = Parameters<typeof sendOutcome>[0];
const refusal = (change: Partial<Refusal>): Refusal => Object.assign(new Error("x"), change);
const answered = (command: string, response: string): Refusal => refusal({ command, response, responseCode: Number(response.slice(0, 3)) });

describe("what a failed attempt means", () => {
  test.each([
    ["address unknown", answered("RCPT TO", "550 5.1.1 No such user"), "bad_address"],
    ["mailbox gone", answered("RCPT TO", "551 User not local"), "bad_address"],
    ["mailbox busy", answered("RCPT TO", "450 4.2.1 Try later"), "later"],
    ["relaying denied: our fault, not the address's", answered("RCPT TO", "554 5.7.1 Relay access denied"), "refused"],
    ["sign-in wanted", answered("RCPT TO", "530 Authentication required"), "refused"],
    ["sender refused", answered("MAIL FROM", "550 5.1.8 Sender rejected"), "refused"],
    ["sender deferred", answered("MAIL FROM", "421 4.7.0 Too many connections"), "later"],
    ["content refused after the dot", answered("DATA", "554 5.6.0 Spam"), "refused"],
    ["content deferred after the dot", answered("DATA", "452 4.3.1 Storage"), "later"],
    ["bad sequence: another connection may do", answered("DATA", "503 Bad sequence"), "later"],
    ["too large for the server, told before it is sent", refusal({ code: "EMESSAGE", command: "MAIL FROM" }), "refused"],
    ["line lost before the message", refusal({ code: "ECONNECTION", command: "CONN" }), "later"],
  ] as const)("%s", (_name, error, state) => {
    expect(sendOutcome(error, error.command === "DATA").state).toBe(state);
  });

  test("a line lost once the message was handed over says nothing about it", () => {
    for (const code of ["ECONNECTION", "ETIMEDOUT", "ESOCKET"]) {
      expect(sendOutcome(refusal({ code, command: "CONN" }), true).state).toBe("unknown");
    }
  });

  test("the server's answer is kept as one bounded line", () => {
    const { reply } = sendOutcome(answered("DATA", `554 ${"x".repeat(9000)}\r\nsecond`), true);
    expect(reply.length).toBeLessThan(300);
    expect(reply).not.toContain("\n");
  });
});

test.each([
  ["a@b.example", true],
  ["a.b+c@sub.b.example", true],
  ["zażółć@b.example", true],
  ["a@b.example, c@d.example", false],
  ["Ann <a@b.example>", false],
  ["a@b.example\r\nBcc: c@d.example", false],
  ['"a b"@b.example', false],
  ["a@b.example\u202e", false],
  ["a@", false],
  ["", false],
])("%j is one plain address: %s", (text, expected) => {
  expect(isMailAddress(text)).toBe(expected);
});

test("senderDomain", () => {
  expect(["Scorekeeper <a@acme.example>", "a@acme.example", "nobody"].map(senderDomain)).toEqual([
    "acme.example",
    "acme.example",
    "scorekeeper.invalid",
  ]);
});

test("the same mail gives the same bytes", async () => {
  const mail = {
    ...{ from: "Scorekeeper <s@acme.example>", to: "b@acme.example", replyTo: null, messageId: "<abc123@acme.example>", thread: null },
    ...{ date: "2026-06-02T06:00:00.000Z", subject: "Zażółć", html: "<p>żółw</p>", text: "żółw" },
  } as Parameters<typeof buildMessage>[0];
  const first = await buildMessage(mail);
  expect(first.equals(await buildMessage(mail))).toBe(true);
  expect(first.toString()).toMatch(/^From: Scorekeeper <s@acme\.example>\r\n/m);
  expect(first.toString()).not.toMatch(/[^\r]\n/);
});
