/**
 * Loaded before a script: time goes by as it waits, and only then. `node:timers/promises` ends at once, and `Date.now` is
 * later by as much, or by FAKE_CLOCK_TIMES as much. The file that FAKE_CLOCK names has the seconds waited.
 */
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const began = Date.now();
let now = began;
const times = Number(process.env.FAKE_CLOCK_TIMES ?? 1);
Date.now = () => now;
timers.setTimeout = (milliseconds) => {
  now += milliseconds * times;
  writeFileSync(process.env.FAKE_CLOCK, String((now - began) / 1_000));
  return Promise.resolve();
};
syncBuiltinESMExports();
