import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError } from "#core/errors.ts";
import { CATALOGUES } from "#i18n/translate.ts";
import { composeMail } from "#mail/compose.ts";
import type { TestContent } from "#mail/content.ts";
import { languageOf } from "#mail/deliver.ts";
import { SAMPLES } from "#mail/samples.ts";
import { buildMessage } from "#mail/smtp.ts";
import { isMailAddress, type OutgoingMail, senderDomain } from "#mail/transport.ts";
import type { Warehouse } from "#warehouse/warehouse.ts";
import { mailNotConfigured, mailTransport } from "./act-settings.ts";
import { EXIT } from "./app.ts";
import { harmless } from "./text.ts";
import type { Verb } from "./verb.ts";

/** `mail preview | test`: templates as files, and a proof that sending works. */
export function mailVerb(): Verb {
  return { name: "mail", summary: "templates as files; a test mail", verbs: [previewVerb(), testVerb()] };
}

function previewVerb(): Verb {
  return {
    name: "preview",
    summary: "writes every template in every language with made-up data, as .html, .txt and .eml",
    examples: ["scorekeeper mail preview", "scorekeeper mail preview --out /tmp/mails"],
    options: [{ flags: "--out <folder>", description: "where to (mail-preview)" }],
    run: async (call) => {
      const folder = resolve(call.services.cwd, call.text("out") ?? "mail-preview");
      const files: string[] = [];
      mkdirSync(folder, { recursive: true });
      for (const language of Object.keys(CATALOGUES).map(languageOf)) {
        for (const [name, make] of Object.entries(SAMPLES)) {
          const content = make();
          const mail = composeMail(content, language);
          const file = join(folder, `${name}.${language}`);
          const message = await buildMessage({
            ...{ from: "Scorekeeper <scorekeeper@acme.example>", to: "reader@acme.example", replyTo: null, thread: null, ...mail },
            ...{ messageId: `<${name}.${language}@acme.example>`, date: content.asOf },
          });
          writeFileSync(`${file}.html`, mail.html);
          writeFileSync(`${file}.txt`, mail.text);
          writeFileSync(`${file}.eml`, message);
          files.push(`${file}.html`, `${file}.txt`, `${file}.eml`);
        }
      }
      call.output.print(`${files.length} files in ${folder}; open the .html ones in a browser.`);
      call.output.document({ schema: "scorekeeper.mail-preview/1", files });
      return EXIT.done;
    },
  };
}

function testVerb(): Verb {
  return {
    name: "test",
    summary: "sends one mail, to see that sending works",
    examples: ["scorekeeper mail test --to you@acme.example"],
    options: [{ flags: "--to <address>", description: "who gets it" }],
    run: async (call) => {
      const to = call.text("to") ?? "";
      if (!isMailAddress(to)) throw badAddress(to);
      const app = await call.app();
      const { alerts } = app.config;
      const transport = mailTransport(app);
      if (transport === null || alerts.from === undefined) throw mailNotConfigured();
      const { name, timeZone, language } = app.organization;
      const now = app.clock.now();
      const content: TestContent = { template: "test", organization: name, timeZone, asOf: now, preview: null };
      const mail: OutgoingMail = {
        ...{ from: alerts.from, to, replyTo: alerts.replyAddress ?? null, thread: null, date: now, ...composeMail(content, language) },
        messageId: `<${app.rng.uuid()}@${senderDomain(alerts.from)}>`,
      };
      const outcome = await transport.send(mail, async () => {});
      const isSent = outcome.state === "sent";
      const lifted = isSent && (await liftSuspension(await app.warehouse(), to));
      call.output.print(`${isSent ? `Sent to ${to}` : `Not sent (${outcome.state})`}: the server answered "${harmless(outcome.reply)}".`);
      if (lifted) call.output.print("The address had refused mail before; it gets mail again from now on.");
      call.output.document({
        schema: "scorekeeper.mail-test/1",
        state: outcome.state,
        reply: outcome.reply,
        messageId: mail.messageId,
        lifted,
      });
      return isSent ? EXIT.done : EXIT.failed;
    },
  };
}

/** An address that takes mail again is no longer left out. */
function liftSuspension(warehouse: Warehouse, address: string): Promise<boolean> {
  return warehouse.write(async (tx) => {
    const result = await tx.deleteFrom("suspended_addresses").where("address", "=", address.toLowerCase()).executeTakeFirst();
    return Number(result.numDeletedRows) > 0;
  });
}

function badAddress(to: string): AppError {
  const message = `--to is '${to}'; expected one mail address such as you@acme.example.`;
  return new AppError({ code: "usage.arguments", recovery: "configure", message });
}
