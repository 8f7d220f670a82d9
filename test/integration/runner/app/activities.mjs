/** Activities. */
import * as df from 'durable-functions';
import { calls } from './memory.mjs';

df.app.activity('echo', { handler: (input) => input });
df.app.activity('effect', {
  handler: ({ key }) => {
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return `effect ${key}`;
  },
});
df.app.activity('sleeps', {
  handler: async ({ key, ms }) => {
    const clock = globalThis.runnerTestClock;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    if (calls.get(key) === 1) await clock.call(() => clock.sleep(ms));
    return `awake ${key}`;
  },
});
df.app.activity('describe', {
  handler: (input) => ({ type: input === null ? 'null' : typeof input, text: JSON.stringify(input) ?? '' }),
});
df.app.activity('give', {
  handler: ({ what }) =>
    ({ nothing: undefined, nan: Number.NaN, large: 2 ** 53 + 2, list: [1, 'a', null] })[what],
});
df.app.activity('flaky', {
  handler: ({ key, failures }) => {
    const call = (calls.get(key) ?? 0) + 1;
    calls.set(key, call);
    if (call <= failures) throw new Error(`failure ${call}`);
    return `call ${call}`;
  },
});
df.app.activity('boom', {
  handler: () => {
    throw new Error('out of order');
  },
});
df.app.activity('boom-object', {
  handler: () => {
    throw { code: 'X' };
  },
});
