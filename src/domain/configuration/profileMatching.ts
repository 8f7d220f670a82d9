/** Which profile a runtime belongs to, and whether patterns of names match. Case never counts. */

import type { RuntimeId } from '../values/runtimeId.js';
import { caseless } from '../values/sameId.js';
import type { Profile } from './profile.js';

export type ProfileMatch =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly profile: Profile }
  | { readonly kind: 'several'; readonly profiles: readonly Profile[] };

/** Finds the profiles that match a runtime. */
export function matchProfiles(profiles: readonly Profile[], runtime: RuntimeId): ProfileMatch {
  const matching = profiles.filter((profile) => profile.runtimes.some((pattern) => pattern.matches(runtime)));
  const [first, second] = matching;
  if (!first) return { kind: 'none' };
  return second ? { kind: 'several', profiles: matching } : { kind: 'one', profile: first };
}

/** Whether `text` matches a pattern in which `*` stands for any run of characters. */
export function globMatches(pattern: string, text: string): boolean {
  // A text without stars is a pattern that matches itself alone; no name in Azure has one.
  return !text.includes('*') && globsOverlap(pattern, text);
}

/**
 * Whether two patterns have a text in common: both are walked at once, a star on either side may take the next
 * character of the other side or end.
 */
export function globsOverlap(left: string, right: string): boolean {
  const [a, b] = [caseless(left), caseless(right)];
  const seen = new Set<number>();
  const walk = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    if (seen.has(key)) return false;
    seen.add(key);
    if (i === a.length && j === b.length) return true;
    if (a[i] === '*') return walk(i + 1, j) || (j < b.length && walk(i, j + 1));
    if (b[j] === '*') return walk(i, j + 1) || (i < a.length && walk(i + 1, j));
    return i < a.length && j < b.length && a[i] === b[j] && walk(i + 1, j + 1);
  };
  return walk(0, 0);
}
