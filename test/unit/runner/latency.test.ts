import { expect, it } from 'vitest';
import { Latencies } from '../../../local/runner/latency.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const many = <T>(next: (n: number) => T): T[] => Array.from({ length: 200 }, (_, n) => next(n));

it('takes as long with the same seed, and otherwise with another', () => {
  const steps = (seed: number) => {
    const latencies = new Latencies(seed, 'virtual');
    return many(() => latencies.stepAt(NOW, 'activity a') - NOW);
  };

  expect(steps(1)).toEqual(steps(1));
  expect(steps(1)).not.toEqual(steps(2));
});

it('does not depend on what happens besides', () => {
  const alone = new Latencies(1, 'virtual');
  const among = new Latencies(1, 'virtual');
  const first = many(() => alone.stepAt(NOW, 'activity a'));
  const second = many(() => {
    among.stepAt(NOW, 'activity b');
    return among.stepAt(NOW, 'activity a');
  });

  expect(second).toEqual(first);
});

it('takes 20 to 200 ms a step, and on real time a twentieth of that', () => {
  const virtual = new Latencies(1, 'virtual');
  const real = new Latencies(1, 'real');
  for (const ms of many(() => virtual.stepAt(NOW, 'x') - NOW)) {
    expect(ms).toBeGreaterThanOrEqual(20);
    expect(ms).toBeLessThanOrEqual(220);
  }
  for (const ms of many(() => real.stepAt(NOW, 'x') - NOW)) expect(ms).toBeLessThanOrEqual(10);
});

it('fires a timer up to a second early or late, and never before it is set', () => {
  const latencies = new Latencies(1, 'virtual');
  const late = many((n) => {
    const fireAt = NOW + n * 37;
    return { fireAt, firesAt: latencies.timerAt(NOW, fireAt, 'timer') };
  });

  expect(Math.min(...late.map(({ firesAt }) => firesAt))).toBeGreaterThan(NOW);
  expect(Math.min(...late.map(({ fireAt, firesAt }) => firesAt - fireAt))).toBeGreaterThan(-1000);
  expect(Math.max(...late.map(({ fireAt, firesAt }) => firesAt - fireAt))).toBeLessThan(1050);
  expect(late.some(({ fireAt, firesAt }) => firesAt < fireAt)).toBe(true);
});
