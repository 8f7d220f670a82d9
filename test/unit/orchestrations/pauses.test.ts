import type { OrchestrationContext } from 'durable-functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pause, pauseUntil } from '../../../src/orchestrations/flow.js';

const NOW = Date.parse('2026-11-25T22:00:00.000Z');

/** A host whose timers fire so much sooner (or, below zero, later) than asked. Gives the waits and when they end. */
function hostWith(early: (timer: number) => number) {
  let now = NOW;
  const timers: number[] = [];
  const df = {
    get currentUtcDateTime() {
      return new Date(now);
    },
    createTimer: (fireAt: Date) => fireAt.getTime(),
  };
  return {
    context: { df } as unknown as OrchestrationContext,
    /** Carries a wait out; gives the moment at which it ended and how many timers it took. */
    carryOut(wait: Generator<unknown>) {
      for (let step = wait.next(); !step.done; step = wait.next()) {
        const fireAt = step.value as unknown as number;
        // A step takes a while, and time never goes back.
        now = Math.max(now + 1, fireAt - early(timers.length));
        timers.push(fireAt);
      }
      return { at: now, timers: timers.length };
    },
  };
}

describe('a durable wait', () => {
  it.each([0, 1, 874, 999, 1000, -850])(
    'is never shorter than asked where timers fire %i ms early',
    (early) => {
      const host = hostWith(() => early);
      const { at, timers } = host.carryOut(pauseUntil(host.context, NOW + 300_000));

      expect(at).toBeGreaterThanOrEqual(NOW + 300_000);
      expect(timers).toBe(1);
    },
  );

  it('goes on where a timer fires sooner than any should, and has an end', () => {
    const host = hostWith(() => 5_000);
    const { at, timers } = host.carryOut(pause(host.context, 60_000));

    expect(at).toBeGreaterThanOrEqual(NOW + 60_000);
    expect(timers).toBeLessThanOrEqual(5);
  });

  it('costs no timer where the moment has come', () => {
    const host = hostWith(() => 0);

    expect(host.carryOut(pauseUntil(host.context, NOW))).toEqual({ at: NOW, timers: 0 });
  });

  it('ends after its moment whatever the timers do', () => {
    const early = fc.array(fc.integer({ min: -3_000, max: 3_000 }), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(early, fc.nat({ max: 600_000 }), (by, ms) => {
        const host = hostWith((timer) => by[timer] ?? 0);
        const { at, timers } = host.carryOut(pause(host.context, ms));
        expect(at).toBeGreaterThanOrEqual(NOW + ms);
        expect(timers).toBeLessThanOrEqual(4);
      }),
    );
  });
});
