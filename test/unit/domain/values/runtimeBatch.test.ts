import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchRest,
  inCommon,
  type RuntimeBatch,
  wholeBatch,
} from '../../../../src/domain/values/runtimeBatch.js';

const batch = (place: string): RuntimeBatch => ({
  kind: 'memory',
  key: `cellar/${place}`,
  ids: `/houses/cellar/${place}/shelves/`,
  names: `${place}/`,
});

/** What becomes of batches in a durable history, and back. */
function thereAndBack(batches: readonly RuntimeBatch[]): RuntimeBatch[] {
  const common = inCommon(batches);
  const kept = JSON.stringify({ common, rests: batches.map((one) => batchRest(one, common)) });
  const read = JSON.parse(kept) as { common: typeof common; rests: ReturnType<typeof batchRest>[] };
  return read.rests.map((rest) => wholeBatch(rest, read.common));
}

describe('batches that stand together', () => {
  it('keep what they have in common once, and of each the rest', () => {
    const batches = [batch('north'), batch('south')];
    const common = inCommon(batches);

    expect(common.ids).toEqual(['/houses/cellar/', 'th/shelves/']);
    expect(common.kind).toEqual(['memory', '']);
    expect(batches.map((one) => batchRest(one, common))).toEqual([
      { key: 'nor', ids: 'nor', names: 'nor' },
      { key: 'sou', ids: 'sou', names: 'sou' },
    ]);
  });

  it.each([
    ['one alone', [batch('attic')]],
    ['the same twice', [batch('attic'), batch('attic')]],
    ['one that begins as another ends', [batch('aa'), batch('aaa'), batch('aaaa')]],
    ['one without any text', [batch('attic'), { kind: '', key: '', ids: '', names: '' }]],
    ['nothing in common', [batch('attic'), { kind: 'x', key: 'y', ids: 'z', names: 'w' }]],
    ['none', []],
  ])('are whole again: %s', (_, batches) => {
    expect(thereAndBack(batches)).toEqual(batches);
  });

  it('are whole where nothing was taken away', () => {
    expect(wholeBatch(batch('attic'))).toEqual(batch('attic'));
  });

  it('never have half a character in common', () => {
    // Two characters with the same first half, and two with the same second half.
    const common = inCommon([batch('\u{1f600}'), batch('\u{1f601}'), batch('\u{1fa00}')]);

    expect(common.names).toEqual(['', '/']);
    expect(inCommon([batch('\u{10000}x'), batch('\u{10400}x')]).names).toEqual(['', 'x/']);
  });

  it('are whole again, whatever their texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.stringMatching(/^[ab/]{0,8}$/),
      fc.constantFrom('', '/', '__proto__', '\ud83d', '\u{1f600}'),
    );
    const any = fc.record({ kind: text, key: text, ids: text, names: text });

    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (batches) => {
        expect(thereAndBack(batches)).toEqual(batches);
      }),
    );
  });
});
