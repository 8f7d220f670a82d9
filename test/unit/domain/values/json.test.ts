import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  isJsonObject,
  type Json,
  parseExactly,
  withMember,
  withoutMembers,
} from '../../../../src/domain/values/json.js';

const ODD =
  '{"__proto__":{"p":1},"constructor":"c","big":9007199254740993,"bigger":12345678901234567890123,"frac":0.1000000000000000055511151231257827,"exp":1E5,"zero":-0,"one":1.0,"":"empty","x.y":[null,true,[]]}';

describe('JSON that is read and written back', () => {
  it('has the same values, whatever a double holds and whatever a key is called', () => {
    const parsed = parseExactly(ODD) as { readonly [key: string]: Json };

    expect(JSON.stringify(parsed)).toBe(ODD);
    expect(JSON.stringify(withoutMembers(withMember(parsed, 'added', 1), ['added']))).toBe(ODD);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it('has numbers that are no objects, and compare by their text', () => {
    const { big } = parseExactly(ODD) as { readonly big: Json };

    expect(isJsonObject(big)).toBe(false);
    expect(canonicalJson({ big })).toBe('{"big":9007199254740993}');
  });

  it('is what JSON.parse gives where every number is a double', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseExactly(JSON.stringify(JSON.parse(text))))).toBe(
          JSON.stringify(JSON.parse(text)),
        );
      }),
    );
  });

  it('is none where the text is none', () => {
    expect(parseExactly('{')).toBeUndefined();
  });
});
