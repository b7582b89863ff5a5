import { configVerb } from "./config.ts";
import type { Verb } from "./verb.ts";

/** Every verb, in the order of --help: one line per file. */
export const VERBS: readonly Verb[] = [configVerb()];
