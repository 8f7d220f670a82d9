import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Timer, TimerQueue } from '../../../local/kernel/timers.js';

it('gives timers by time, then by the order of scheduling, without the cancelled ones', () => {
  const given = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }));
  fc.assert(
    fc.property(given, (specs) => {
      const queue = new TimerQueue();
      const timers = specs.map(
        ({ at }, order): Timer => ({ at, order, background: false, work: () => {}, cancelled: false }),
      );
      for (const timer of timers) queue.push(timer);
      timers.forEach((timer, index) => {
        timer.cancelled = specs[index]?.cancelled ?? false;
      });
      const expected = timers
        .filter((timer) => !timer.cancelled)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      const popped: Timer[] = [];
      for (let next = queue.pop(); next; next = queue.pop()) popped.push(next);
      expect(popped).toEqual(expected);
    }),
  );
});
