import { describe, expect, it } from 'vitest';
import { amount } from '../../../../src/domain/values/amount.js';

describe('a number with its noun', () => {
  it.each([
    [0, '0 runtimes'],
    [1, '1 runtime'],
    [2, '2 runtimes'],
  ])('is plural but for one (%d)', (count, expected) => {
    expect(amount(count, 'runtime')).toBe(expected);
  });

  it('takes the plural that it is given', () => {
    expect(amount(2, 'try', 'tries')).toBe('2 tries');
  });
});
