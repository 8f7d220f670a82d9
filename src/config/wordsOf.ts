import * as z from 'zod';

/**
 * A schema for the words of a union. They are given as the keys of an object that must have each of them and no other: a
 * word that is new in the union, or gone from it, does not compile until the list says the same.
 */
export function wordsOf<Word extends string>(words: Readonly<Record<Word, unknown>>) {
  return z.enum(Object.keys(words) as Word[]);
}
