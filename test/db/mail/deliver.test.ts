import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Instant } from "#core/time/instant.ts";
import { type DeliveryPoint, deliverMails } from "#mail/deliver.ts";
import { sampleDeal, sampleDigest } from "#mail/samples.ts";
import { smtpTransport } from "#mail/smtp.ts";
import { type Mailbox, startMailbox } from "#sandbox/mailbox.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { eachDatabase } from "../../support/databases.ts";
import { deliverDeps, deliveries, queueMails } from "../../support/mail.ts";
import { type ManualClock, manualClock } from "../../support/manual-clock.ts";

const MINUTE = 60_000;

eachDatabase((_name, open) => {
  let warehouse: Warehouse;
  let clock: ManualClock;
  let mailbox: Mailbox;
  beforeEach(async () => {
    warehouse = await open();
    clock = manualClock({ start: "2026-06-02T06:00:00.000Z" });
    mailbox = await startMailbox();
  });
  afterEach(() => mailbox.close());

  const send = (at?: (point: DeliveryPoint) => void) => deliverMails(deliverDeps(warehouse, clock, mailbox, at));
  const states = async () => (await deliveries(warehouse)).map((row) => `${row.recipient} ${row.state}`);

  test("each recipient gets a mail of their own, once, with both parts and the headers of an automatic mail", async () => {
    await queueMails(warehouse, ["ann@acme.example", "bob@acme.example"], clock.now());
    expect(await send()).toEqual({ sent: 2, retry: 0, held: 0, failed: 0, suspended: [], stopped: null });
    expect(await send()).toMatchObject({ sent: 0 });
    expect(mailbox.mails.map((mail) => mail.to)).toEqual([["ann@acme.example"], ["bob@acme.example"]].toSorted());
    const { parsed } = mailbox.mails[0]!;
    expect(parsed.from?.text).toBe('"Scorekeeper" <scorekeeper@acme.example>');
    expect(parsed.replyTo?.text).toBe("answers@acme.example");
    expect(parsed.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mailbox.mails[0]?.raw).toMatch(/^List-Id: Scorekeeper alerts <alerts\.scorekeeper\.acme\.example>\r?$/im);
    expect(parsed.html).toContain("Ōsaka Robotics 大阪");
    expect(parsed.text).toContain("Ōsaka Robotics 大阪");
    expect(parsed.date?.toISOString()).toBe("2026-06-02T06:00:00.000Z");
    const rows = await deliveries(warehouse);
    expect(rows[0]).toMatchObject({ state: "sent", attempts: 1, server_reply: expect.stringMatching(/^250 /) });
    expect(mailbox.mails.map((mail) => mail.parsed.messageId).toSorted()).toEqual(rows.map((row) => row.message_id).toSorted());
  });

  test("the same notification to the same recipient is one mail, however often it is asked for", async () => {
    await queueMails(warehouse, ["ann@acme.example"], clock.now());
    await queueMails(warehouse, ["ann@acme.example"], clock.now());
    await send();
    await queueMails(warehouse, ["ann@acme.example"], clock.now());
    expect(await send()).toMatchObject({ sent: 0 });
    expect(mailbox.mails).toHaveLength(1);
  });

  test("mails to one person on one day stay in one thread", async () => {
    await queueMails(warehouse, ["ann@acme.example"], clock.now(), sampleDigest(1), "n1");
    await queueMails(warehouse, ["ann@acme.example"], clock.now(), sampleDigest(2), "n2");
    await queueMails(warehouse, ["bob@acme.example"], clock.now(), sampleDigest(2), "n2");
    await send();
    const threads = mailbox.mails.map((mail) => `${mail.to[0]} ${mail.parsed.references}`);
    expect(new Set(threads).size).toBe(2);
  });

  test("a hostile deal name changes no header and no structure", async () => {
    const name = "Deal\r\nBcc: evil@evil.example\r\n\r\n<script>alert(1)</script>\r\n.\r\nQUIT\u202e";
    await queueMails(warehouse, ["ann@acme.example"], clock.now(), sampleDigest(1, { deals: [sampleDeal({ name })], organization: name }));
    expect(await send()).toMatchObject({ sent: 1 });
    const { parsed, raw } = mailbox.mails[0]!;
    expect([...parsed.headers.keys()]).not.toContain("bcc");
    expect(raw.split(/\r?\n\r?\n/)[0]).not.toContain("evil");
    expect(parsed.html).not.toContain("<script>");
    expect(parsed.text).toContain("Deal Bcc: evil@evil.example <script>alert(1)</script> . QUIT");
  });

  describe("refused for now", () => {
    test("is tried again later, with growing waits, and the others are not kept waiting", async () => {
      await queueMails(warehouse, ["ann@acme.example", "bob@acme.example"], clock.now());
      mailbox.trouble("ann@acme.example", { code: 451, at: "recipient", times: 2 });
      expect(await send()).toMatchObject({ sent: 1, retry: 1 });
      expect(await send()).toMatchObject({ sent: 0, retry: 0 });
      await clock.advance(MINUTE);
      expect(await send()).toMatchObject({ sent: 0, retry: 1 });
      await clock.advance(3 * MINUTE);
      expect(await send()).toMatchObject({ sent: 0, retry: 0 });
      await clock.advance(MINUTE);
      expect(await send()).toMatchObject({ sent: 1 });
      expect(mailbox.mails.map((mail) => mail.to[0])).toEqual(["bob@acme.example", "ann@acme.example"]);
      expect((await deliveries(warehouse))[0]).toMatchObject({ recipient: "ann@acme.example", attempts: 3 });
    });

    test("after the message, too", async () => {
      await queueMails(warehouse, ["ann@acme.example"], clock.now());
      mailbox.trouble("ann@acme.example", { code: 452, at: "message", times: 1 });
      expect(await send()).toMatchObject({ retry: 1, held: 0 });
      await clock.advance(MINUTE);
      expect(await send()).toMatchObject({ sent: 1 });
    });

    test("is given up after a day", async () => {
      await queueMails(warehouse, ["ann@acme.example"], clock.now());
      mailbox.trouble("ann@acme.example", { code: 451, at: "recipient" });
      for (let hour = 0; hour < 30; hour += 1) {
        await send();
        await clock.advance(60 * MINUTE);
      }
      expect((await deliveries(warehouse))[0]).toMatchObject({ state: "failed", error_code: "mail.expired" });
      expect(mailbox.mails).toHaveLength(0);
    });
  });

  test("an address refused for good is suspended, operations are told once, the others get theirs", async () => {
    await queueMails(warehouse, ["gone@acme.example", "bob@acme.example"], clock.now());
    mailbox.trouble("gone@acme.example", { code: 550, at: "recipient", text: "5.1.1 No such user" });
    expect(await send()).toMatchObject({ sent: 2, failed: 1, suspended: ["gone@acme.example"] });
    expect(mailbox.mails.map((mail) => mail.to[0]).toSorted()).toEqual(["bob@acme.example", "ops@acme.example"]);
    expect(mailbox.mails.find((mail) => mail.to[0] === "ops@acme.example")?.parsed.text).toContain(
      "gone@acme.example for good: 550 5.1.1 No such user",
    );
    await clock.advance(MINUTE);
    await queueMails(warehouse, ["gone@acme.example"], clock.now(), sampleDigest(2), "n2");
    expect(await send()).toMatchObject({ sent: 0, failed: 1, suspended: [] });
    expect(await states()).toContain("gone@acme.example failed");
    expect(mailbox.mails).toHaveLength(2);
  });

  test("a refusal that is about us suspends nobody and stops sending", async () => {
    await queueMails(warehouse, ["ann@acme.example", "bob@acme.example"], clock.now());
    mailbox.trouble("*", { code: 554, at: "message", text: "5.7.1 Spam" });
    expect(await send()).toMatchObject({ sent: 0, failed: 1, suspended: [], stopped: { code: "mail.refused" } });
    expect((await states()).map((state) => state.split(" ")[1]).toSorted()).toEqual(["failed", "queued"]);
  });

  describe("the process or the line dies", () => {
    test("before the final dot is answered: held and shown, never sent twice", async () => {
      await queueMails(warehouse, ["ann@acme.example"], clock.now());
      mailbox.drop("afterFinalDot");
      expect(await send()).toMatchObject({ held: 1, sent: 0 });
      await clock.advance(48 * 60 * MINUTE);
      expect(await send()).toMatchObject({ held: 0, sent: 0 });
      expect(mailbox.mails).toHaveLength(1);
      expect((await deliveries(warehouse))[0]).toMatchObject({ state: "held", error_code: "mail.unconfirmed" });
    });

    test("before the final dot: sent again if the server had nothing yet, else held; never two mails", async () => {
      await queueMails(warehouse, ["ann@acme.example"], clock.now());
      mailbox.drop("beforeFinalDot");
      const first = await send();
      expect(first.retry + first.held).toBe(1);
      await clock.advance(MINUTE);
      expect((await send()).sent).toBe(first.retry);
      expect(mailbox.mails).toHaveLength(first.retry);
    });

    test.each([
      ["claimed", 0],
      ["answered", 1],
    ] as const)("killed when %s: the next run holds it", async (point, arrived) => {
      await queueMails(warehouse, ["ann@acme.example"], clock.now());
      await expect(send((reached) => dieAt(point, reached))).rejects.toThrow("killed");
      expect((await deliveries(warehouse))[0]).toMatchObject({ state: "sending" });
      expect(await send()).toMatchObject({ held: 1, sent: 0 });
      expect((await deliveries(warehouse))[0]).toMatchObject({ state: "held", error_code: "mail.unconfirmed" });
      expect(mailbox.mails).toHaveLength(arrived);
    });

    test("killed when recorded: it is sent, and the rest follows", async () => {
      await queueMails(warehouse, ["ann@acme.example", "bob@acme.example"], clock.now());
      await expect(send((reached) => dieAt("recorded", reached))).rejects.toThrow("killed");
      expect(await send()).toMatchObject({ held: 0, sent: 1 });
      expect(mailbox.mails).toHaveLength(2);
    });
  });

  test("a server that can't be reached costs one attempt, and nothing is lost", async () => {
    await queueMails(warehouse, ["ann@acme.example", "bob@acme.example"], clock.now());
    const deps = deliverDeps(warehouse, clock, mailbox);
    await mailbox.close();
    expect(await deliverMails(deps)).toMatchObject({ retry: 1, sent: 0, stopped: { code: "mail.unreachable" } });
    mailbox = await startMailbox();
    await clock.advance(MINUTE);
    expect(await send()).toMatchObject({ sent: 2 });
  });

  test("a mail server that refuses our sign-in stops sending and leaves every mail queued", async () => {
    await queueMails(warehouse, ["ann@acme.example"], clock.now());
    await mailbox.close();
    mailbox = await startMailbox({ login: { user: "u", password: "right" } });
    const transport = smtpTransport({ host: "127.0.0.1", port: mailbox.port, security: "none", user: "u" });
    expect(await deliverMails({ ...deliverDeps(warehouse, clock, mailbox), transport })).toMatchObject({
      ...{ sent: 0, retry: 0 },
      stopped: { code: "mail.auth" },
    });
    expect(await states()).toEqual(["ann@acme.example queued"]);
  });

  test("two processes at once: each mail goes out once", async () => {
    await queueMails(warehouse, ["ann@acme.example"], clock.now());
    const deps = deliverDeps(warehouse, clock, mailbox);
    let first = true;
    const slow = deliverMails({
      ...deps,
      transport: {
        send: async (mail, handover) => {
          if (first) {
            first = false;
            // The other process takes the mail while this one is still connecting.
            await deliverMails(deps);
          }
          return deps.transport.send(mail, handover);
        },
      },
    });
    expect(await slow).toMatchObject({ sent: 0, held: 0 });
    expect(mailbox.mails).toHaveLength(1);
  });
});

function dieAt(point: DeliveryPoint, reached: DeliveryPoint): void {
  if (point === reached) throw new Error("killed");
}

test("start-TLS is demanded by default: a server without it gets no mail", async () => {
  const mailbox = await startMailbox();
  const transport = smtpTransport({ host: "127.0.0.1", port: mailbox.port, security: "starttls" });
  const mail = {
    ...{ from: "a@acme.example", to: "b@acme.example", replyTo: null, messageId: "<1@acme.example>", thread: null },
    ...{ date: "2026-06-02T06:00:00.000Z" as Instant, subject: "s", html: "<p>h</p>", text: "t" },
  };
  await expect(transport.send(mail, async () => {})).rejects.toMatchObject({ code: "mail.tls", recovery: "configure" });
  await mailbox.close();
  const selfSigned = await startMailbox({ startTls: true });
  const strict = smtpTransport({ host: "127.0.0.1", port: selfSigned.port, security: "starttls" });
  await expect(strict.send(mail, async () => {})).rejects.toMatchObject({ code: "mail.tls" });
  expect([...mailbox.mails, ...selfSigned.mails]).toEqual([]);
  await selfSigned.close();
});
