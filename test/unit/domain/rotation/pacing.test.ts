import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startDelayMs } from '../../../../src/domain/rotation/pacing.js';
import { PACE } from '../../../../src/runtimes/data-factory/pace.js';

/** A token bucket as Azure throttles with: whether it lets all calls through, each given by its second. */
function letsThrough(
  seconds: readonly number[],
  { size, refill }: { readonly size: number; readonly refill: number },
): boolean {
  let [tokens, last] = [size, 0];
  return seconds.every((second) => {
    tokens = Math.min(size, tokens + (second - last) * refill) - 1;
    last = second;
    return tokens >= 0;
  });
}

const WRITES = { size: 200, refill: 10 };
const READS = { size: 250, refill: 25 };

describe('the start of a runtime in a move', () => {
  it.each([
    { label: 'the first', place: 0, ms: 0 },
    { label: 'the last that starts at once', place: 120, ms: 0 },
    { label: 'the first that waits', place: 121, ms: 1000 },
    { label: 'the last of the first step', place: 130, ms: 1000 },
    { label: 'the first of the second step', place: 131, ms: 2000 },
    { label: 'one far behind', place: 1000, ms: 88_000 },
  ])('$label waits $ms ms', ({ place, ms }) => {
    expect(startDelayMs(PACE, place)).toBe(ms);
  });

  it('never asks for more than Azure lets a subscription write and read', () => {
    const starts = Array.from({ length: 20_000 }, (_, place) => startDelayMs(PACE, place) / 1000);

    expect(letsThrough(starts, WRITES)).toBe(true);
    expect(
      letsThrough(
        starts.flatMap((second) => [second, second]),
        READS,
      ),
    ).toBe(true);
  });

  it('leaves room for groups that have grown since the inventory', () => {
    // A group's places follow those of the groups before, as they were counted: one more each starts with the next.
    const groups = fc.array(
      fc.record({ counted: fc.integer({ min: 0, max: 40 }), more: fc.constantFrom(0, 0, 0, 1) }),
    );
    fc.assert(
      fc.property(groups, (some) => {
        let place = 0;
        const starts = some.flatMap(({ counted, more }) => {
          const first = place;
          place += counted;
          return Array.from(
            { length: counted + more },
            (_, index) => startDelayMs(PACE, first + index) / 1000,
          );
        });
        expect(
          letsThrough(
            starts.sort((a, b) => a - b),
            WRITES,
          ),
        ).toBe(true);
      }),
    );
  });

  it('is never before that of one ahead of it', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (place) => {
        expect(startDelayMs(PACE, place + 1)).toBeGreaterThanOrEqual(startDelayMs(PACE, place));
      }),
    );
  });
});
