import { describe, expect, it } from 'vitest';
import { compare, recorded } from '../../../bench/baseline.js';
import { type Measurement, measured } from '../../../bench/measure.js';

const CALLS = { calls: { value: 10, margin: 0 } };
const RATIO = { ratio: { value: 2, margin: 0.1 } };
const NONE = { faults: [], better: [] };
const calls = (value: number): Measurement[] => [measured('calls', value, 'calls')];
const ratio = (value: number): Measurement[] => [measured('ratio', value, 'ratio')];

describe('a row of the bench', () => {
  it.each([
    ['as its baseline', CALLS, calls(10)],
    ['at the end of its margin', RATIO, ratio(2.2)],
    ['a little better', CALLS, [measured('calls', 9.5, 'calls')]],
    ['better within its margin', RATIO, ratio(1.81)],
  ])('that is %s is as it should be', (_, part, rows) => {
    expect(compare(part, rows)).toEqual(NONE);
  });

  it.each([
    ['a count by one', CALLS, calls(11), 'calls is 11; the baseline is 10, allowed are 10 (0 % more)'],
    [
      'a ratio beyond its margin',
      RATIO,
      ratio(2.21),
      'ratio is 2.21; the baseline is 2, allowed are 2.2 (10 % more)',
    ],
    [
      'what was nothing',
      { calls: { value: 0, margin: 0.5 } },
      calls(1),
      'calls is 1; the baseline is 0, allowed are 0 (50 % more)',
    ],
  ])('that is worse fails: %s', (_, part, rows, fault) => {
    expect(compare(part, rows)).toEqual({ faults: [fault], better: [] });
  });

  it.each([
    ['without a margin', CALLS, calls(9), 'calls is 9; the baseline is 10'],
    ['with one', RATIO, ratio(1.79), 'ratio is 1.79; the baseline is 2'],
  ])('that is much better is named: %s', (_, part, rows, words) => {
    expect(compare(part, rows)).toEqual({ faults: [], better: [words] });
  });

  it('that the baseline does not have is a fault', () => {
    expect(compare({}, calls(1)).faults).toEqual(['calls is 1, and the baseline does not have it']);
  });

  it('that was not measured is a fault', () => {
    expect(compare(CALLS, []).faults).toEqual(['calls was not measured, and the baseline has it']);
  });

  it.each(['s', 'ms', 'us', '1/s'])('that is a time or a speed is not compared: %s', (unit) => {
    expect(compare({}, [measured('time', 5, unit)])).toEqual(NONE);
  });
});

describe('a baseline that is recorded', () => {
  it('keeps margins, gives new rows theirs, and drops what is not measured', () => {
    const before = { calls: { value: 10, margin: 0.2 }, gone: { value: 1, margin: 0 } };
    const rows = [...calls(8), ...ratio(2), measured('events', 3, 'events'), measured('time', 5, 'ms')];

    expect(recorded(before, rows)).toEqual({
      calls: { value: 8, margin: 0.2 },
      ratio: { value: 2, margin: 0.1 },
      events: { value: 3, margin: 0 },
    });
  });

  it('is met by what it was made of', () => {
    const rows = [...calls(8), ...ratio(2)];

    expect(compare(recorded({}, rows), rows)).toEqual(NONE);
  });
});
