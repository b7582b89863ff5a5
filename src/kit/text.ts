export { cleanText, unkeepable } from "#core/text.ts";
