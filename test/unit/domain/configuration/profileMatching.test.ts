import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  globMatches,
  globsOverlap,
  matchProfiles,
} from '../../../../src/domain/configuration/profileMatching.js';
import { ResourcePattern } from '../../../../src/runtimes/data-factory/pattern.js';
import { runtimeIdOf } from '../../../../src/runtimes/data-factory/resourceId.js';
import { PROFILE } from '../settings/bodies.js';

const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 7 });

const asRegExp = (glob: string): RegExp => new RegExp(`^${glob.replaceAll('*', '.*')}$`, 'i');

/** Every text over the alphabet up to a length. */
function* texts(length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const rest of texts(length - 1)) {
    yield `a${rest}`;
    yield `b${rest}`;
  }
}

describe('patterns', () => {
  it('match as their regular expression does', () => {
    fc.assert(
      fc.property(pattern, text, (glob, name) => globMatches(glob, name) === asRegExp(glob).test(name)),
    );
  });

  it('overlap exactly where some text matches both', () => {
    const all = [...texts(6)];
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 3 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 3 }),
        (left, right) => {
          const common = all.some((each) => asRegExp(left).test(each) && asRegExp(right).test(each));
          expect(globsOverlap(left, right)).toBe(common);
        },
      ),
    );
  });

  it('choose one profile, none or several', () => {
    const id = { subscription: 'S', resourceGroup: 'rg', factory: 'f', name: 'n' };
    const other = { ...id, subscription: 'other' };
    const narrow = {
      ...PROFILE,
      name: 'narrow',
      runtimes: [new ResourcePattern({ subscription: 's', resourceGroup: 'rg', factory: 'f', name: 'N*' })],
    };

    expect(matchProfiles([PROFILE], runtimeIdOf(id))).toMatchObject({
      kind: 'one',
      profile: { name: 'sales' },
    });
    expect(matchProfiles([PROFILE], runtimeIdOf(other))).toEqual({ kind: 'none' });
    expect(matchProfiles([PROFILE, narrow], runtimeIdOf(id))).toMatchObject({ kind: 'several' });
  });
});
