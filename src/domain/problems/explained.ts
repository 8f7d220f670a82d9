/** What people read beside a word that the app says: one row of a table in docs/. Markdown. */
export interface Explained {
  /** What it means. */
  readonly meaning: string;
  /** What to do; empty: nothing. */
  readonly remedy: string;
}

export type ExplainedCodes = Readonly<Record<string, Explained>>;

/**
 * Words that mean the same for people: one row for all of them. What the table says of its keys is not what they are inferred
 * from: each stays a word of its own.
 */
export function alike<Word extends string, E extends Explained>(
  words: readonly Word[],
  explained: E,
): Readonly<Record<NoInfer<Word>, E>> {
  return Object.fromEntries(words.map((word) => [word, explained])) as Record<Word, E>;
}
