import { createTransport } from "nodemailer";
import { afterEach, describe, expect, test } from "vitest";
import { type Mailbox, type MailboxOptions, startMailbox } from "#sandbox/mailbox.ts";

let open: Mailbox | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function mailbox(options?: MailboxOptions): Promise<Mailbox> {
  open = await startMailbox(options);
  return open;
}

function send(box: Mailbox, to: string, extra: object = {}): Promise<unknown> {
  const transport = createTransport({ host: box.host, port: box.port, secure: false, ...extra });
  return transport.sendMail({ from: "score@acme.example", to, subject: "Dzień dobry ☀", text: "plain", html: "<p>rich</p>" });
}

describe("a mailbox", () => {
  test("keeps what it gets, parsed and raw", async () => {
    const box = await mailbox();
    await send(box, "boss@acme.example");
    const [mail] = await box.waitFor(1);
    expect(mail).toMatchObject({ from: "score@acme.example", to: ["boss@acme.example"], parsed: { subject: "Dzień dobry ☀" } });
    expect(mail?.parsed.text?.trim()).toBe("plain");
    expect(mail?.parsed.html).toBe("<p>rich</p>");
    expect(mail?.raw).toContain("Subject:");
  });

  test("refuses one recipient for good, another for now and only as often as told", async () => {
    const box = await mailbox();
    box.trouble("gone@acme.example", { code: 550, at: "recipient" });
    box.trouble("busy@acme.example", { code: 451, at: "message", times: 1 });
    await expect(send(box, "gone@acme.example")).rejects.toMatchObject({ responseCode: 550 });
    await expect(send(box, "busy@acme.example")).rejects.toMatchObject({ responseCode: 451 });
    await send(box, "busy@acme.example");
    expect(box.mails.map((mail) => mail.to)).toEqual([["busy@acme.example"]]);
  });

  test("loses the connection before the final dot without keeping the mail", async () => {
    const box = await mailbox();
    box.drop("beforeFinalDot");
    await expect(send(box, "boss@acme.example")).rejects.toThrow();
    expect(box.mails).toHaveLength(0);
  });

  test("loses the connection after the final dot with the mail kept", async () => {
    const box = await mailbox();
    box.drop("afterFinalDot");
    await expect(send(box, "boss@acme.example")).rejects.toThrow();
    expect(box.mails).toHaveLength(1);
    await send(box, "boss@acme.example");
    expect(box.mails).toHaveLength(2);
  });

  test("asks for a sign-in where one is set", async () => {
    const box = await mailbox({ login: { user: "u", password: "p" } });
    await expect(send(box, "boss@acme.example", { auth: { user: "u", pass: "wrong" } })).rejects.toMatchObject({ responseCode: 535 });
    await send(box, "boss@acme.example", { auth: { user: "u", pass: "p" } });
    expect(box.mails).toHaveLength(1);
  });

  test("speaks STARTTLS where it is switched on", async () => {
    const box = await mailbox({ startTls: true });
    await send(box, "boss@acme.example", { requireTLS: true, tls: { rejectUnauthorized: false } });
    expect(box.mails).toHaveLength(1);
  });
});
