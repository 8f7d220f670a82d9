import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pausedUntil } from '../../../../src/domain/rotation/failures.js';
import { DAY, HOUR, NOW } from './inventories.js';

describe('the pause after failures', () => {
  const end = NOW + 40 * DAY;
  const until = (more: Partial<Parameters<typeof pausedUntil>[0]> = {}, failures = {}) =>
    pausedUntil({
      failures: { count: 1, lastAt: NOW, ...failures },
      now: NOW + 1,
      asked: false,
      secretVersion: 'v1',
      dead: false,
      endsAt: end,
      urgentAt: end - DAY,
      ...more,
    });

  it.each([
    { label: 'is an hour after one', count: 1, hours: 1 },
    { label: 'is four hours after three', count: 3, hours: 4 },
    { label: 'is a day after nine', count: 9, hours: 24 },
  ])('$label', ({ count, hours }) => {
    expect(until({}, { count })).toBe(NOW + hours * HOUR);
    expect(until({ now: NOW + hours * HOUR }, { count })).toBeUndefined();
  });

  it('is none without failures, whatever a clock says', () => {
    expect(until({ now: NOW - 1 }, { count: 0 })).toBeUndefined();
  });

  it.each([
    { label: 'that is dead', more: { dead: true } },
    { label: 'that a person asks for', more: { asked: true } },
  ])('is none for one $label', ({ more }) => {
    expect(until(more, { count: 9 })).toBeUndefined();
  });

  it('ends as it becomes urgent', () => {
    expect(until({ endsAt: NOW + 10 * HOUR, urgentAt: NOW + 2 * HOUR }, { count: 9 })).toBe(NOW + 2 * HOUR);
  });

  it('is a tenth of what is left where one failed just before that', () => {
    expect(until({ endsAt: NOW + 20 * HOUR, urgentAt: NOW + 1 }, { count: 9 })).toBe(NOW + 2 * HOUR);
  });

  it('is a tenth of what is left from then on, and never less than five minutes', () => {
    const near = (left: number) => until({ endsAt: NOW + left, urgentAt: NOW - 1 }, { count: 9 });

    expect(near(20 * HOUR)).toBe(NOW + 2 * HOUR);
    expect(near(10 * 60_000)).toBe(NOW + 5 * 60_000);
  });

  it('never grows as the end comes nearer', () => {
    const left = fc.integer({ min: 2, max: 60 * DAY });
    fc.assert(
      fc.property(left, left, fc.integer({ min: 1, max: 9 }), (one, other, count) => {
        const at = (ends: number) =>
          until({ endsAt: NOW + ends, urgentAt: NOW + ends - DAY }, { count }) ?? NOW;
        expect(at(Math.min(one, other))).toBeLessThanOrEqual(at(Math.max(one, other)));
      }),
    );
  });
});
