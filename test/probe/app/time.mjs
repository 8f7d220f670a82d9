/** The clock of an orchestration, its timers and its retries. */
import * as df from 'durable-functions';
import { after, attempt } from './common.mjs';
import { effectsOf, gate, note } from './memory.mjs';

const tries = new Map();
df.app.activity('failsFirst', {
  handler({ key, failures }) {
    const nth = (tries.get(key) ?? 0) + 1;
    tries.set(key, nth);
    note(key, 'tried');
    if (nth <= failures) throw new Error(`failure ${nth}`);
    return nth;
  },
});

df.app.orchestration('clock', function* (context) {
  const now = () => context.df.currentUtcDateTime.getTime();
  const moments = [now()];
  const again = now();
  for (let n = 0; n < 3; n++) {
    yield context.df.callActivity('nothing', {});
    moments.push(now());
  }
  return {
    moments,
    standsInEpisode: again === moments[0],
    isDate: context.df.currentUtcDateTime instanceof Date,
  };
});
df.app.orchestration('timers', function* (context) {
  const late = [];
  for (const ms of context.df.getInput()) {
    const at = after(context, ms);
    yield context.df.createTimer(at);
    late.push(context.df.currentUtcDateTime.getTime() - at.getTime());
  }
  return late;
});
df.app.orchestration('retries', function* (context) {
  const { failures, firstMs, attempts, coefficient } = context.df.getInput();
  const began = context.df.currentUtcDateTime.getTime();
  const options = new df.RetryOptions(firstMs, attempts);
  options.backoffCoefficient = coefficient;
  const input = { key: context.df.instanceId, failures };
  const outcome = yield* attempt(context.df.callActivityWithRetry('failsFirst', options, input));
  return { ...outcome, ms: context.df.currentUtcDateTime.getTime() - began };
});
/** The first time it waits at its gate. */
df.app.activity('slowOnce', {
  async handler(key) {
    note(key, 'began');
    if (effectsOf(key).length === 1) await gate(key);
    return 'done';
  },
});
df.app.orchestration('callsSlowOnce', function* (context) {
  return yield* attempt(context.df.callActivity('slowOnce', context.df.instanceId));
});
