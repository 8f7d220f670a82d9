/**
 * Ids and names without their case, as Azure compares them: letter by letter, and no letter beyond ASCII is one of ASCII.
 * `toLowerCase` makes `k` of the Kelvin sign, and two letters of a dotted `İ`: two resource groups would be one.
 */

/** Whether two ids are the same: Azure and Entra spell them in any case. */
export function sameId(left: string, right: string | undefined): boolean {
  return right !== undefined && caseless(left) === caseless(right);
}

/** Whether an id is one of these, in whatever case. */
export function isAmong(ids: readonly string[], id: string): boolean {
  return ids.some((other) => sameId(other, id));
}

/**
 * One spelling for all spellings that differ in case alone: of ASCII the small letters. Letters are the same whose capital is
 * one and the same letter (.NET's `OrdinalIgnoreCase`:
 * https://learn.microsoft.com/dotnet/standard/base-types/best-practices-strings#ordinal-string-operations).
 */
export function caseless(text: string): string {
  return BEYOND_ASCII.test(text) ? Array.from(text, smallLetter).join('') : text.toLowerCase();
}

const BEYOND_ASCII = /[^\0-\x7f]/;

function smallLetter(letter: string): string {
  const capital = letter.toUpperCase();
  const small = (isOne(capital) ? capital : letter).toLowerCase();
  const isSame = isOne(small) && small.toUpperCase() === capital;
  return isSame && BEYOND_ASCII.test(small) === BEYOND_ASCII.test(letter) ? small : letter;
}

function isOne(letters: string): boolean {
  return Array.from(letters).length === 1;
}
