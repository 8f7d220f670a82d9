import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseless, isAmong, sameId } from '../../../../src/domain/values/sameId.js';

describe('ids without their case', () => {
  it.each([
    ['RG-One', 'rg-oNE'],
    ['RG-MÖBEL', 'rg-möbel'],
    ['ΟΜΆΔΑΣ', 'ομάδας'],
    ['ομάδασ', 'ομάδας'],
    ['ГРУППА', 'группа'],
    ['ǅ', 'ǆ'],
    ['ᾼ', 'ᾳ'],
    ['𐐀', '𐐨'],
  ])('%s is %s', (left, right) => {
    expect(sameId(left, right)).toBe(true);
    expect(isAmong(['other', left], right)).toBe(true);
  });

  it.each([
    ['the Kelvin sign', '\u212a', 'k'],
    ['the Kelvin sign and its capital', '\u212a', 'K'],
    ['a capital i with a dot', 'İ', 'i'],
    ['the two letters that are made of it', 'İ', 'i\u0307'],
    ['an i without a dot', 'ı', 'I'],
    ['a long s', 'ſ', 'S'],
    ['the sign of Ångström', '\u212b', 'å'],
    ['the sign of Ohm', '\u2126', 'ω'],
    ['ß', 'ß', 'SS'],
    ['ß and its own capital', 'ẞ', 'ß'],
    ['a ligature', 'ﬀ', 'FF'],
    ['an accent of its own', 'e\u0301', 'é'],
  ])('%s is another letter', (_, left, right) => {
    expect(sameId(`rg-${left}`, `rg-${right}`)).toBe(false);
  });

  it('are of ASCII what they always were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => caseless(text) === text.toLowerCase()),
    );
  });

  it('have one spelling, as long as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = caseless(text);
        expect(caseless(once)).toBe(once);
        expect(Array.from(once)).toHaveLength(Array.from(text).length);
      }),
    );
  });

  it('are nobody’s where there is no other', () => {
    expect(sameId('', undefined)).toBe(false);
  });
});
