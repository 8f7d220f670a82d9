/** The clock of an orchestration, its timers and its retries. */
import type { ProbeHost } from '../host.js';
import { failure } from '../normal.js';
import { type Answer, questions } from '../question.js';

interface Clock {
  readonly moments: readonly number[];
  readonly standsInEpisode: boolean;
  readonly isDate: boolean;
}

/** Many timers, of every fraction of a second: a host that fires early does so in some of them. */
const TIMERS_MS = [300, 900, 1200, 1900, 2100, 3700, 700, 1500, 500, 2900];

/** Two seconds between two tries; a pause after the second, where there were one, would be a minute. */
const RETRIES = { firstMs: 2000, attempts: 2, coefficient: 30 };

async function retries(host: ProbeHost, failures: number): Promise<Answer> {
  const id = host.id();
  const { output } = await host.run('retries', { failures, ...RETRIES }, id);
  const { value, threw, ms } = output as { value?: number; threw?: string; ms: number };
  return {
    ...(threw === undefined ? { value: value ?? null } : { threw: failure(threw) }),
    tries: (await host.effects(id)).length,
    pausesBetween: ms > 900,
    pausesAfterTheLast: ms > 45_000,
  };
}

export const TIME = questions('time', {
  'the clock goes on between episodes': async (host) => {
    const { moments, ...rest } = (await host.run('clock')).output as Clock;
    return { goesOn: moments.every((at, n) => n === 0 || at > (moments[n - 1] ?? at)), ...rest };
  },
  'timers fire up to a second early': async (host) => {
    const late = (await host.run('timers', TIMERS_MS)).output as number[];
    return { sometimesEarly: late.some((ms) => ms < 0), moreThanASecondEarly: late.some((ms) => ms < -1000) };
  },
  'a timer of the past fires': async (host) => {
    const { runtimeStatus } = await host.run('timers', [-60_000]);
    return runtimeStatus;
  },
  'retries pause between tries only': (host) => retries(host, 2),
  'retries end with the first success': (host) => retries(host, 1),
});
