import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestRunner, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

const minutes = 60_000;

it('lets time go on with every activity', async () => {
  const at = (await runner.outcome('clock', 'clock')).output as number[];
  const steps = at.slice(1).map((moment, n) => moment - (at[n] ?? 0));

  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(Math.max(...steps)).toBeLessThan(1000);
});

it('takes as long with the same seed', async () => {
  const steps = async (id: string) => {
    const at = (await runner.outcome('clock', id)).output as number[];
    return at.map((moment) => moment - (at[0] ?? 0));
  };
  const first = await steps('same-1');
  const more = await Promise.all(['same-2', 'same-3'].map(steps));

  // Each is the next in the same sequence, so they differ among each other.
  expect(new Set([first, ...more].map(String)).size).toBeGreaterThan(1);
});

it('wakes up to a second early, or late', async () => {
  const lateness: number[] = [];
  for (let n = 0; n < 5; n++)
    lateness.push(...((await runner.outcome('alarms', `alarms-${n}`)).output as number[]));

  expect(Math.min(...lateness)).toBeLessThan(-300);
  expect(Math.min(...lateness)).toBeGreaterThan(-1000);
  expect(Math.max(...lateness)).toBeGreaterThan(100);
  expect(Math.max(...lateness)).toBeLessThan(1500);
});

it('retries, and surfaces the last failure without a pause', async () => {
  expect(await runner.outcome('retrying', 'r1', { failures: 2 })).toMatchObject({ output: 'call 3' });
  const before = runner.kernel.clock.now();
  const { output } = (await runner.outcome('retrying', 'r2', { failures: 9 })) as {
    output: { failedAt: string; says: string };
  };
  const took = Date.parse(output.failedAt) - before;

  // 60 + 120 s, and two timers that may each be a second early or late.
  expect(took).toBeGreaterThan(3 * minutes - 2000);
  expect(took).toBeLessThan(3 * minutes + 5000);
  expect(output.says).toContain('failure 3');
});

it('fires timers of weeks as chains, and drops those that are cancelled', async () => {
  const before = runner.kernel.clock.now();
  const { output } = await runner.outcome('sleepy', 't1');
  expect(Math.abs(Date.parse(String(output)) - before - 20 * 24 * 60 * minutes)).toBeLessThan(5000);

  await runner.start('race', 'race1');
  await runner.pass();
  const began = runner.kernel.clock.now();
  expect((await runner.api('instances/race1/raiseEvent/go', { method: 'POST', body: '"now"' })).status).toBe(
    202,
  );
  await runner.kernel.clock.run({ untilMs: began + 24 * 60 * minutes });
  expect(await runner.status('race1')).toMatchObject({ runtimeStatus: 'Completed', output: 'now' });
  expect(runner.kernel.clock.now() - began).toBeLessThan(1000);
  expect(await runner.outcome('race', 'race2')).toMatchObject({ output: 'too late' });
});
