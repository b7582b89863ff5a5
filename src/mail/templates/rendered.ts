import type { Markup } from "../markup.ts";
import type { Page } from "./layout.ts";

/** What a template makes of its content: words once, put into both parts (E14). */
export interface Rendered {
  readonly subject: string;
  readonly title: string;
  html(frame: Pick<Page, "organization" | "banner">): Markup;
  /** Paragraphs of the plain-text part. */
  readonly text: readonly string[];
  readonly footer: readonly string[];
}
