import { describe, expect, it } from 'vitest';
import { parseText } from '../../../src/config/text.js';

describe('text that would exhaust the parser', () => {
  it.each([
    ['keys of keys', `${'? '.repeat(60_000)}1`],
    ['sequences', `${'- '.repeat(60_000)}1`],
    ['flow sequences', '['.repeat(60_000)],
    ['flow maps with values', '{a: '.repeat(30_000)],
    ['flow sequences with entries', '[1,'.repeat(40_000)],
    ['values of values', `a${': '.repeat(60_000)}1`],
    ['deeper lines', Array.from({ length: 600 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ])('%s are refused as a problem', (_, text) => {
    expect(parseText(text, 'deep.yaml').ok).toBe(false);
  });

  it('takes what a configuration may look like', () => {
    const text = `a:\n  b:\n    - c: [1, {d: [2]}]\n      e: "[[[["\n`;
    const parsed = parseText(text, 'airlock.yaml');
    expect(parsed).toMatchObject({ ok: true, value: { a: { b: [{ c: [1, { d: [2] }], e: '[[[[' }] } } });
  });
});
