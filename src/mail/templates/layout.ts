import type { Translator } from "#i18n/translate.ts";
import { html, type Markup, raw } from "../markup.ts";

/** Colours on white; each text colour has a contrast of at least 4.5:1 (E15). */
export const INK = {
  text: "#1c2430",
  muted: "#566070",
  link: "#1a56b8",
  rule: "#e3e7ee",
  page: "#f3f5f8",
  card: "#ffffff",
  track: "#dfe4ec",
  usual: "#8b97a8",
  warning: "#8a4b00",
  critical: "#b3261e",
  notice: "#fff6e0",
} as const;

export const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Noto Sans CJK JP',sans-serif";

/** Dark colours for clients that honour them; the light ones stay readable under forced inversion (E16). */
const DARK = raw(`
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{text-underline-offset:2px}
@media (max-width:480px){.pad{padding-left:18px!important;padding-right:18px!important}.edge{padding:0!important}.card{border-radius:0!important;border-left:0!important;border-right:0!important}.th{width:84px!important}}
@media (prefers-color-scheme:dark){
.page{background:#14171c!important}.card{background:#1d2128!important;border-color:#2c323c!important}
.text{color:#e8ebf0!important}.muted{color:#a9b2c0!important}.rule{border-color:#2f3641!important}
.link{color:#8ab4ff!important}.warning{color:#f5b959!important}.critical{color:#ff9388!important}
.track{background:#343c49!important}.usual{background:#76849a!important}.barwarning{background:#e0922f!important}.barcritical{background:#e8665b!important}
.notice{background:#3a3018!important;color:#f6e3b5!important}.button{background:#2a4f8f!important;color:#ffffff!important}
}`);

export interface Page {
  readonly title: string;
  /** Shown by mail programs beside the subject. */
  readonly preheader: string;
  readonly organization: string;
  readonly banner: string | null;
  readonly body: Markup;
  readonly footer: readonly string[];
}

/** The frame of every mail: one column of 600 px that narrows to 320, no remote content, `lang` on the root (E15, E17). */
export function layout(speak: Translator, page: Page): Markup {
  const banner =
    page.banner === null
      ? ""
      : html`<tr><td class="notice pad" style="padding:12px 32px;background:${INK.notice};color:#4a3a00;font-size:14px;line-height:20px">${page.banner}</td></tr>`;
  return html`<!doctype html>
<html lang="${speak.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${page.title}</title>
<style>${DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:${INK.page};${raw(FONT)};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${page.preheader}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:${INK.page}">
<tr><td class="edge" align="center" style="padding:24px 12px">
${raw('<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->')}
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:${INK.card};border:1px solid ${INK.rule};border-radius:10px;border-collapse:separate;overflow:hidden">
${banner}
<tr><td class="pad" style="padding:28px 32px 8px">
<p class="muted" style="margin:0 0 6px;font-size:13px;line-height:18px;color:${INK.muted}">${page.organization}</p>
<h1 class="text" style="margin:0;font-size:22px;line-height:29px;font-weight:600;color:${INK.text}">${page.title}</h1>
</td></tr>
${page.body}
<tr><td class="pad" style="padding:8px 32px 26px">
${page.footer.map((line) => html`<p class="muted" style="margin:6px 0 0;font-size:12px;line-height:18px;color:${INK.muted}">${line}</p>`)}
</td></tr>
</table>
${raw("<!--[if mso]></td></tr></table><![endif]-->")}
</td></tr>
</table>
</body>
</html>`;
}

/** A row of the card with ordinary text. */
export function paragraph(text: string): Markup {
  return html`<tr><td class="pad text" style="padding:6px 32px;font-size:15px;line-height:23px;color:${INK.text}">${text}</td></tr>`;
}

/** A table of facts; screen readers say its name, nobody sees it. */
export function factTable(name: string, rows: readonly Markup[]): Markup {
  return html`<table class="text" width="100%" cellpadding="0" cellspacing="0" border="0" style="font-size:14px;line-height:21px;color:${INK.text}"><caption style="position:absolute;left:-9999px;mso-hide:all">${name}</caption>${rows}</table>`;
}

/** One line of a table of facts: its name is the row's header. Kept short, as there are over a hundred in a long mail (E18). */
export function fact(name: string, value: Markup | string): Markup {
  return html`<tr valign="top"><th scope="row" align="left" width="112" class="th muted" style="padding:3px 12px 3px 0;font-weight:400;color:${INK.muted}">${name}</th><td dir="auto" style="padding:3px 0;word-break:break-word">${value}</td></tr>`;
}
