import type { Language } from "#core/organization.ts";
import { type Translator, translator } from "#i18n/translate.ts";
import { cleanText } from "./clean.ts";
import type { MailContent } from "./content.ts";
import { markupText } from "./markup.ts";
import { operations, testMail } from "./templates/operations.ts";
import type { Rendered } from "./templates/rendered.ts";
import { stuckDeals } from "./templates/stuck-deals.ts";

/** A mail in words, before it has addresses. */
export interface ComposedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Under 70 characters (E12). */
const SUBJECT_LENGTH = 69;

/** Mail programs clip longer bodies (E18). */
const HTML_BYTES = 88 * 1024;

/** Renders a mail from its data: the same data and language give the same mail, byte for byte.
 *  A digest that would grow too long names fewer deals and counts the rest. */
export function composeMail(content: MailContent, language: Language): ComposedMail {
  let mail = compose(content, language);
  for (let fitted = content; fitted.template === "stuck_deals" && tooLong(mail) && fitted.deals.length > 1; ) {
    fitted = { ...fitted, deals: fitted.deals.slice(0, -1), more: fitted.more + 1 };
    mail = compose(fitted, language);
  }
  return mail;
}

function tooLong(mail: ComposedMail): boolean {
  return Buffer.byteLength(mail.html) > HTML_BYTES;
}

function compose(content: MailContent, language: Language): ComposedMail {
  const speak = translator(language, content.timeZone);
  const rendered = render(content, speak);
  const organization = cleanText(content.organization, 80);
  const banner = bannerOf(content, speak);
  const subject = content.preview === null ? rendered.subject : speak.text("mail.preview.subject", { subject: rendered.subject });
  const text = [...(banner === null ? [] : [banner]), ...rendered.text, rendered.footer.join("\n")];
  return {
    subject: cleanText(subject, SUBJECT_LENGTH),
    html: markupText(rendered.html({ organization, banner })),
    text: `${text.join("\n\n")}\n`,
  };
}

function render(content: MailContent, speak: Translator): Rendered {
  switch (content.template) {
    case "stuck_deals":
      return stuckDeals(content, speak);
    case "operations":
      return operations(content, speak);
    case "test":
      return testMail(content, speak);
  }
}

function bannerOf({ preview }: MailContent, speak: Translator): string | null {
  if (preview === null) return null;
  if (preview.meantFor === null) return speak.text("mail.preview.unrouted");
  return speak.text("mail.preview.banner", { recipient: cleanText(preview.meantFor, 120) });
}
