import { html, raw } from "hono/html";

/** HTML that is already escaped. */
export type Markup = ReturnType<typeof html>;

/** Tagged template: every value is escaped unless it is markup itself. */
export { html, raw };

/** The text of finished markup. Templates are synchronous: a promise in one is a mistake of ours. */
export function markupText(markup: Markup): string {
  if (markup instanceof Promise) throw new TypeError("A mail template held a promise.");
  return markup.toString();
}
