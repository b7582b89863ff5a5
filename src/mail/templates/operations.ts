import type { Translator } from "#i18n/translate.ts";
import { cleanText } from "../clean.ts";
import type { OperationsContent, OperationsLine, TestContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import { fact, factTable, INK, layout, paragraph } from "./layout.ts";
import type { Rendered } from "./rendered.ts";

const VALUE_LENGTH = 300;

/** What the people who run the service must look at. */
export function operations(content: OperationsContent, speak: Translator): Rendered {
  const count = content.lines.length;
  const title = speak.text("operations.title", { count });
  const things = content.resolved.map((connection) => speak.text("operations.connection", { connection: cleanText(connection, 60) }));
  const resolved = things.length === 0 ? [] : [speak.text("operations.resolved", { things: speak.list(things) })];
  const footer = frameFooter(content, speak);
  const views = content.lines.map((line) => view(line, speak));
  const body = html`${views.map((line) => block(line, speak))}${resolved.map(paragraph)}`;
  return {
    ...{ subject: speak.text("operations.subject", { count }), title, footer },
    html: (frame) => layout(speak, { ...frame, title, preheader: views.map((line) => line.what).join(" · "), body, footer }),
    text: [
      title,
      ...views.map((line) => `${line.what}\n   ${speak.text("operations.since")}: ${line.since}\n   ${line.remedy}`),
      ...resolved,
    ],
  };
}

/** Proof that sending works. */
export function testMail(content: TestContent, speak: Translator): Rendered {
  const title = speak.text("test.title");
  const text = speak.text("test.body");
  const footer = frameFooter(content, speak);
  return {
    ...{ subject: speak.text("test.subject"), title, text: [title, text], footer },
    html: (frame) => layout(speak, { ...frame, title, preheader: text, body: html`${paragraph(text)}`, footer }),
  };
}

function frameFooter(content: OperationsContent | TestContent, speak: Translator): readonly string[] {
  return [
    speak.text("mail.asOf", { time: speak.instant(content.asOf) }),
    speak.text("mail.footer.operations", { organization: content.organization }),
  ];
}

interface LineView {
  readonly what: string;
  readonly since: string;
  readonly remedy: string;
}

function view(line: OperationsLine, speak: Translator): LineView {
  const clean = Object.entries(line.values).map(([name, value]) => [name, cleanText(value, VALUE_LENGTH)] as const);
  const values = { ...Object.fromEntries(clean), ...(line.time === null ? {} : { time: speak.instant(line.time) }) };
  return { what: speak.text(line.what, values), since: speak.instant(line.since), remedy: speak.text(line.remedy, values) };
}

function block(line: LineView, speak: Translator): Markup {
  const rows = [
    fact(speak.text("operations.what"), html`<strong>${line.what}</strong>`),
    fact(speak.text("operations.since"), line.since),
    fact(speak.text("operations.remedy"), line.remedy),
  ];
  return html`<tr><td class="pad" style="padding:10px 32px"><table role="presentation" class="rule" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid ${INK.rule}"><tr><td style="padding-top:12px">${factTable(line.what, rows)}</td></tr></table></td></tr>`;
}
