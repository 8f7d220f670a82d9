import { afterEach, describe, expect, it } from 'vitest';
import { type ClockState, createClock, type LocalClock } from '../../../local/kernel/clock.js';

const MINUTE = 60_000;
const clocks: LocalClock[] = [];

function clockOf(mode: 'real' | 'virtual', state?: ClockState): { clock: LocalClock; errors: unknown[] } {
  const errors: unknown[] = [];
  const clock = createClock({
    mode,
    ...(state === undefined ? {} : { state }),
    onError: (error) => errors.push(error),
  });
  clocks.push(clock);
  return { clock, errors };
}

afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
});

describe('virtual time', () => {
  const start = Date.parse('2026-03-01T00:00:00Z');
  const virtual = () => clockOf('virtual', { now: start, offset: 0 });

  it('stands still by itself', async () => {
    const { clock } = virtual();
    let fired = false;
    clock.schedule(start + 1, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toBe(start);
    expect(fired).toBe(false);
  });

  it('runs what is due now without being moved', async () => {
    const { clock } = virtual();
    const fired: string[] = [];
    clock.schedule(start, () => void fired.push('now'));
    clock.schedule(start - MINUTE, () => void fired.push('overdue'));
    await clock.quiet();
    expect(fired).toEqual(['overdue', 'now']);
    expect(clock.now()).toBe(start);
  });

  it('jumps from timer to timer, by time and then by the order of scheduling', async () => {
    const { clock } = virtual();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, (clock.now() - start) / MINUTE]);
    clock.schedule(start + 3 * MINUTE, note('c'));
    clock.schedule(start + MINUTE, note('a'));
    clock.schedule(start + MINUTE, note('b'));
    const result = await clock.run();
    expect(fired).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 3],
    ]);
    expect(result).toEqual({ now: start + 3 * MINUTE, idle: true, steps: 2 });
  });

  it('waits for work under way, and for what finished work starts a little later', async () => {
    const { clock } = virtual();
    const fired: [string, number][] = [];
    const note = (name: string) => void fired.push([name, (clock.now() - start) / MINUTE]);
    clock.schedule(start + MINUTE, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      setImmediate(() => clock.schedule(clock.now() + MINUTE, () => note('next')));
    });
    clock.schedule(start + 5 * MINUTE, () => note('later'));
    await clock.run();
    expect(fired).toEqual([
      ['next', 2],
      ['later', 5],
    ]);
  });

  it('does not jump while work that nobody scheduled is under way', async () => {
    const { clock } = virtual();
    let finish = () => {};
    const work = clock.busy(() => new Promise<void>((resolve) => (finish = resolve)));
    let firedAt = 0;
    clock.schedule(start + MINUTE, () => {
      firedAt = clock.now();
    });
    const run = clock.run();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.now()).toBe(start);
    finish();
    await work;
    await run;
    expect(firedAt).toBe(start + MINUTE);
  });

  it('lets a caller under way wait for an answer that only time brings', async () => {
    const { clock } = virtual();
    const answer = clock.sleep(10_000);
    // Work that nests counts once, so one answer that is waited for frees it.
    const caller = clock.busy(async () => {
      await clock.busy(() => answer);
      return clock.now();
    });
    await clock.run();
    expect(await caller).toBe(start + 10_000);
  });

  it('lets several callers share one answer that only time brings', async () => {
    const { clock } = virtual();
    const answer = clock.call(() => clock.sleep(10_000));
    const callers = [1, 2, 3].map(() => clock.busy(() => answer));
    await clock.run();
    await Promise.all(callers);
    expect(clock.now()).toBe(start + 10_000);
  });

  it('stands still for a call that works while another one sleeps', async () => {
    const { clock } = virtual();
    const asleep = clock.busy(() => clock.call(() => clock.sleep(10_000)));
    let finish = () => {};
    const works = clock.busy(() => clock.call(() => new Promise<void>((resolve) => (finish = resolve))));
    const run = clock.run();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(clock.now()).toBe(start);
    finish();
    await Promise.all([asleep, works, run]);
    expect(clock.now()).toBe(start + 10_000);
  });

  it('is not moved by background timers, but runs them on the way', async () => {
    const { clock } = virtual();
    const ticks: number[] = [];
    const tick = () => {
      ticks.push((clock.now() - start) / MINUTE);
      clock.schedule(clock.now() + MINUTE, tick, { background: true });
    };
    clock.schedule(start + MINUTE, tick, { background: true });
    const alone = await clock.run();
    clock.schedule(start + 2.5 * MINUTE, () => {});
    const result = await clock.run();
    expect(alone).toEqual({ now: start, idle: true, steps: 0 });
    expect(ticks).toEqual([1, 2]);
    expect(result).toMatchObject({ now: start + 2.5 * MINUTE, idle: true });
  });

  it('stops at its limits', async () => {
    const { clock } = virtual();
    let count = 0;
    const again = () => {
      count += 1;
      clock.schedule(clock.now() + MINUTE, again);
    };
    clock.schedule(start + MINUTE, again);
    expect(await clock.run({ maxSteps: 3 })).toEqual({ now: start + 3 * MINUTE, idle: false, steps: 3 });
    const limit = start + 4.5 * MINUTE;
    expect(await clock.run({ untilMs: limit })).toEqual({ now: limit, idle: false, steps: 1 });
    expect(count).toBe(4);
  });

  it('advances by exactly so much, and by nothing less than what was asked before', async () => {
    const { clock } = virtual();
    const fired: number[] = [];
    clock.schedule(start + MINUTE, () => void fired.push(clock.now()));
    clock.schedule(start + 20 * MINUTE, () => void fired.push(clock.now()));
    await Promise.all([clock.advance(MINUTE), clock.advance(MINUTE)]);
    expect(clock.now()).toBe(start + 2 * MINUTE);
    expect(fired).toEqual([start + MINUTE]);
    expect(() => clock.advance(-1)).toThrow(/forward only/);
  });

  it('forgets a cancelled timer', async () => {
    const { clock } = virtual();
    let fired = false;
    const cancel = clock.schedule(start + MINUTE, () => {
      fired = true;
    });
    cancel();
    expect(await clock.run()).toMatchObject({ now: start, idle: true });
    expect(fired).toBe(false);
  });

  it('hands on what a timer throws, and goes on', async () => {
    const { clock, errors } = virtual();
    const fired: string[] = [];
    clock.schedule(start + 1, () => {
      throw new Error('at once');
    });
    clock.schedule(start + 2, () => Promise.reject(new Error('later')));
    clock.schedule(start + 3, () => void fired.push('third'));
    await clock.run();
    expect(errors).toEqual([new Error('at once'), new Error('later')]);
    expect(fired).toEqual(['third']);
  });

  it('refuses a timer without a time', () => {
    expect(() => virtual().clock.schedule(Number.NaN, () => {})).toThrow(RangeError);
  });

  it('goes on where an earlier clock left off', async () => {
    const { clock } = virtual();
    await clock.advance(MINUTE);
    expect(clockOf('virtual', clock.snapshot()).clock.now()).toBe(start + MINUTE);
  });
});

describe('real time', () => {
  it('fires by itself when the time has come', async () => {
    const { clock } = clockOf('real');
    const due = clock.now() + 15;
    const firedAt = await new Promise<number>((resolve) => {
      clock.schedule(due, () => resolve(clock.now()));
    });
    expect(firedAt).toBeGreaterThanOrEqual(due);
  });

  it('fires in order what an advance passes, each at its own time, and what that leads to', async () => {
    const { clock } = clockOf('real');
    const start = clock.now();
    const fired: string[] = [];
    const minutes = () => Math.floor((clock.now() - start) / MINUTE);
    clock.schedule(start + 30 * MINUTE, () => void fired.push(`b ${minutes()}`));
    clock.schedule(start + 10 * MINUTE, () => {
      fired.push(`a ${minutes()}`);
      clock.schedule(start + 20 * MINUTE, () => void fired.push(`a2 ${minutes()}`));
    });
    clock.schedule(start + 120 * MINUTE, () => void fired.push('never'));
    await clock.advance(60 * MINUTE);
    expect(fired).toEqual(['a 10', 'a2 20', 'b 30']);
    expect(minutes()).toBe(60);
  });

  it('keeps a timer that is further away than a timeout of Node can be', async () => {
    const { clock } = clockOf('real');
    const day = 24 * 60 * MINUTE;
    let fired = false;
    clock.schedule(clock.now() + 40 * day, () => {
      fired = true;
    });
    await clock.advance(39 * day);
    expect(fired).toBe(false);
    await clock.advance(day);
    expect(fired).toBe(true);
  });

  it('cannot be run, and fires nothing once stopped', async () => {
    const { clock } = clockOf('real');
    let fired = false;
    clock.schedule(clock.now(), () => {
      fired = true;
    });
    clock.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(fired).toBe(false);
    expect(() => clock.run()).toThrow(/virtual/);
  });

  it('keeps its distance to the machine across a restart', async () => {
    const { clock } = clockOf('real');
    await clock.advance(60 * MINUTE);
    const again = clockOf('real', clock.snapshot()).clock;
    expect(again.now() - clock.now()).toBeLessThan(1000);
    expect(again.now() - Date.now()).toBeGreaterThan(59 * MINUTE);
  });
});
