/** What an operator reads about one code in docs/errors.md. */
export interface ErrorText {
  /** What it says about the state of things, in one sentence. */
  readonly meaning: string;
  /** What usually brings it about. */
  readonly cause: string;
  /** What to do. */
  readonly remedy: string;
}

/** Codes of one area. */
export type ErrorTexts = Readonly<Record<string, ErrorText>>;
