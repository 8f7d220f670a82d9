import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CALL_POLICY,
  nextExpectedPollMs,
  nextPollMs,
  pauseAfterFailures,
  retryPauseMs,
  spreadOf,
} from '../../../../src/domain/values/waiting.js';

describe('the pause before the next attempt', () => {
  it.each([
    { label: 'first failure, least spread', attempt: 1, after: undefined, spread: 0, pause: 2_500 },
    { label: 'first failure, most spread', attempt: 1, after: undefined, spread: 1, pause: 5_000 },
    { label: 'doubles', attempt: 3, after: undefined, spread: 0, pause: 10_000 },
    { label: 'is capped', attempt: 11, after: undefined, spread: 1, pause: 120_000 },
    { label: 'asked for by the service', attempt: 1, after: 300, spread: 0, pause: 300_000 },
    {
      label: 'asked for, but for a day',
      attempt: 1,
      after: 86_400,
      spread: 0,
      pause: 900_000,
    },
    { label: 'asked for without end', attempt: 12, after: 1e15, spread: 1, pause: 960_000 },
  ])('$label', ({ attempt, after, spread, pause }) => {
    expect(retryPauseMs(CALL_POLICY, attempt, after, spread)).toBe(pause);
  });

  it('is never shorter than what the service asked for, which nobody may ask for without end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 7200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, after, spread) => {
          const pause = retryPauseMs(CALL_POLICY, attempt, after, spread);
          expect(pause).toBeGreaterThanOrEqual(Math.min(after, 900) * 1000);
          expect(pause).toBeLessThanOrEqual(900_000 + CALL_POLICY.maxMs / 2);
        },
      ),
    );
  });

  it('spreads different texts over the whole range, the same text always alike', () => {
    const values = Array.from({ length: 1000 }, (_, n) => spreadOf(`run-${n}`));

    expect(spreadOf('run-7')).toBe(values[7]);
    for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = values.filter((value) => Math.floor(value * 10) === tenth).length;
      expect(share).toBeGreaterThan(50);
    }
  });
});

describe('the pause after failures', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 24],
    [7, 24],
    [2000, 24],
  ])('after %i in a row is %i h', (failures, hours) => {
    expect(pauseAfterFailures(failures)).toBe(hours * 3_600_000);
  });
});

describe('the pause before a runtime is looked at again', () => {
  const MINUTE = 60_000;
  it.each([
    [0.5, 1],
    [4, 1],
    [6, 1.5],
    [14, 3.5],
    [16, 4],
    [40, 4],
  ])('after %d minutes is %d', (waited, pause) => {
    expect(nextPollMs(waited * MINUTE, MINUTE, 60 * MINUTE)).toBe(pause * MINUTE);
  });

  it('ends at the deadline, and has no end before it', () => {
    expect(nextPollMs(30 * MINUTE, MINUTE, 10_000)).toBe(10_000);
    expect(nextPollMs(30 * MINUTE, MINUTE, -5)).toBe(1);
  });
});

describe('the pause where another runtime has told how long it takes', () => {
  const MINUTE = 60_000;
  it.each([
    ['half way first', 0, 10],
    ['then shortly before the end', 12, 7.6],
    ['often around it', 19.7, 0.25],
    ['often still a little later', 21.5, 0.25],
    ['at the profile’s pace where it takes longer', 22, 1],
  ])('%s', (_, waited, pause) => {
    expect(nextExpectedPollMs(waited * MINUTE, 20 * MINUTE, MINUTE)).toBe(pause * MINUTE);
  });
});
