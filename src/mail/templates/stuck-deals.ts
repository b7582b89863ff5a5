import type { Translator } from "#i18n/translate.ts";
import { cleanText, safeLink } from "../clean.ts";
import type { StuckDealLine, StuckDealsContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import { fact, factTable, INK, layout, paragraph } from "./layout.ts";
import type { Rendered } from "./rendered.ts";

const NAME_LENGTH = 90;
const TEXT_LENGTH = 200;
/** Status by word and sign, never by colour alone (E15). */
const SIGNS = { warning: "▲", critical: "▲▲" } as const;

/** The digest of stuck deals for one manager, or for operations where no manager could be found. */
export function stuckDeals(content: StuckDealsContent, speak: Translator): Rendered {
  const { total, fresh } = content;
  const title = speak.text("stale.title", { count: total });
  const intro = [
    // What is usual is only spoken of where it is known.
    speak.text(content.deals.some((deal) => deal.typicalDays !== null) ? "stale.intro" : "stale.introFixed", { count: total }),
    ...(content.audience === "operations" ? [speak.text("stale.unrouted", { count: total })] : []),
  ];
  const after = [
    ...(content.more > 0 ? [speak.text("stale.more", { count: content.more })] : []),
    ...(content.resolved.length > 0 ? [speak.text("stale.resolved", { deals: resolvedDeals(content, speak) })] : []),
  ];
  const footer = [
    speak.text("mail.asOf", { time: speak.instant(content.asOf) }),
    speak.text(content.audience === "manager" ? "mail.footer.manager" : "mail.footer.operations", { organization: content.organization }),
    speak.text("mail.footer.ground"),
  ];
  const views = content.deals.map((deal) => view(deal, speak));
  const body = html`${intro.map(paragraph)}${views.map((deal) => card(deal, speak))}${after.map(paragraph)}`;
  return {
    subject: speak.text("stale.subject", { level: speak.text(`level.${content.worst}`), count: total, fresh: fresh === total ? 0 : fresh }),
    title,
    html: (frame) => layout(speak, { ...frame, title, preheader: views.map((deal) => deal.name).join(" · "), body, footer }),
    text: [title, ...intro, ...views.map((deal, index) => block(deal, index + 1)), ...after],
    footer,
  };
}

function resolvedDeals(content: StuckDealsContent, speak: Translator): string {
  const names = content.resolved.map((name) => cleanText(name, NAME_LENGTH));
  const more = content.resolvedMore > 0 ? [speak.text("stale.resolvedMore", { count: content.resolvedMore })] : [];
  return speak.list([...names, ...more]);
}

/** A deal in words: both parts of the mail are made of these. */
interface DealView {
  readonly name: string;
  readonly url: string | null;
  readonly level: StuckDealLine["level"];
  readonly status: string;
  readonly facts: readonly { readonly name: string; readonly value: string; readonly bar: boolean }[];
  readonly note: string | null;
  readonly deal: StuckDealLine;
}

function view(deal: StuckDealLine, speak: Translator): DealView {
  const name = cleanText(deal.name ?? "", NAME_LENGTH) || speak.text("stale.unnamed", { id: cleanText(deal.id, NAME_LENGTH) });
  const row = (key: "stage" | "time" | "amount" | "owner" | "account" | "nextStep", value: string) => ({
    ...{ name: speak.text(`stale.${key}`), value, bar: key === "time" },
  });
  const account = cleanText(deal.account ?? "", NAME_LENGTH);
  const stage = cleanText(deal.stage, NAME_LENGTH);
  return {
    ...{ name, url: safeLink(deal.url), level: deal.level, deal },
    status: `${speak.text(`level.${deal.level}`)} · ${speak.text(`stale.why.${deal.why}`)}`,
    facts: [
      ...(account === "" ? [] : [row("account", account)]),
      row("stage", speak.text(deal.assumed ? "stale.stageAssumed" : "stale.stageSince", { stage, day: speak.day(deal.enteredOn) })),
      row("time", timeText(deal, speak)),
      row("amount", deal.amountMinor === null ? speak.text("stale.amountNone") : speak.money(deal.amountMinor, deal.currency)),
      ...ownerRow(deal, speak).map((value) => row("owner", value)),
      row("nextStep", cleanText(deal.nextStep ?? "", TEXT_LENGTH) || speak.text("stale.nextStepNone")),
    ],
    note: deal.problem === null ? null : speak.text(deal.problem),
  };
}

function ownerRow({ owner }: StuckDealLine, speak: Translator): readonly string[] {
  if (owner.state === "hidden") return [];
  return [owner.state === "named" ? cleanText(owner.name, NAME_LENGTH) : speak.text("stale.ownerNone")];
}

function timeText(deal: StuckDealLine, speak: Translator): string {
  const { days, typicalDays, sampleSize, limitDays } = deal;
  const isTypical = typicalDays !== null && typicalDays <= limitDays;
  const main = isTypical
    ? `${speak.text("stale.timeTypical", { days, typical: Math.round(typicalDays), sample: sampleSize })}. ${speak.text("stale.threshold", { limit: Math.round(limitDays) })}`
    : `${speak.text("stale.timeFixed", { days, limit: Math.round(limitDays) })}.`;
  return deal.assumed ? `${main} ${speak.text("stale.timeAssumed")}` : main;
}

function card(view: DealView, speak: Translator): Markup {
  const { level } = view;
  const title =
    view.url === null
      ? html`<span dir="auto">${view.name}</span>`
      : html`<a class="link" href="${view.url}" dir="auto" style="color:${INK.link};text-decoration:none">${view.name}</a>`;
  const rows = view.facts.map(({ name, value, bar }) => fact(name, bar ? html`${value}${paceBar(view.deal)}` : value));
  return html`<tr><td class="pad" style="padding:10px 32px">
<table role="presentation" class="rule" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid ${INK.rule}">
<tr><td style="padding:16px 0 6px">
<p class="${level}" style="margin:0 0 3px;font-size:13px;line-height:18px;font-weight:600;color:${INK[level]}"><span aria-hidden="true">${SIGNS[level]}</span> ${view.status}</p>
<h2 class="text" style="margin:0;font-size:17px;line-height:24px;font-weight:600;color:${INK.text};word-break:break-word">${title}</h2>
${view.note === null ? "" : html`<p class="muted" style="margin:4px 0 0;font-size:14px;line-height:20px;color:${INK.muted}">${view.note}</p>`}
</td></tr>
<tr><td>${factTable(view.name, rows)}${view.url === null ? "" : openLink(view.url, speak)}</td></tr>
</table>
</td></tr>`;
}

function openLink(url: string, speak: Translator): Markup {
  return html`<p style="margin:8px 0 4px;font-size:14px;line-height:20px"><a class="link" href="${url}" style="color:${INK.link};font-weight:600;text-decoration:none">${speak.text("stale.open")} <span aria-hidden="true">→</span></a></p>`;
}

/** Days against the limit: grey up to where the deal counted as stuck, coloured beyond. The words beside it say the same. */
function paceBar(deal: StuckDealLine): Markup {
  const usual = Math.max(4, Math.min(96, Math.round((100 * deal.limitDays) / Math.max(deal.days, 1))));
  const over = deal.level === "critical" ? INK.critical : "#d9822b";
  return html`<table role="presentation" aria-hidden="true" width="100%" height="6" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 4px;font-size:1px;line-height:6px"><tr><td class="usual" width="${usual}%" style="background:${INK.usual};border-radius:3px 0 0 3px">&#8203;</td><td class="bar${deal.level}" style="background:${over};border-radius:0 3px 3px 0">&#8203;</td></tr></table>`;
}

/** The same deal in plain text. */
function block(view: DealView, number: number): string {
  const lines = [
    `${number}. ${view.name} (${view.status})`,
    ...(view.note === null ? [] : [view.note]),
    ...view.facts.map(({ name, value }) => `${name}: ${value}`),
    ...(view.url === null ? [] : [view.url]),
  ];
  return lines.join("\n   ");
}
