/** Orchestrations about timers, retries and the clock. */
import * as df from 'durable-functions';
import { after } from './memory.mjs';

df.app.orchestration('retrying', function* (context) {
  const options = new df.RetryOptions(60_000, 3);
  options.backoffCoefficient = 2;
  const { failures } = context.df.getInput();
  const input = { key: context.df.instanceId, failures };
  try {
    return yield context.df.callActivityWithRetry('flaky', options, input);
  } catch (error) {
    return { failedAt: context.df.currentUtcDateTime.toISOString(), says: error.message };
  }
});
df.app.orchestration('sleepy', function* (context) {
  yield context.df.createTimer(after(context, 20 * 24 * 3600_000));
  return context.df.currentUtcDateTime.toISOString();
});
df.app.orchestration('sleeps-once', function* (context) {
  return yield context.df.callActivity('sleeps', { key: context.df.instanceId, ms: 3600_000 });
});
df.app.orchestration('clock', function* (context) {
  const at = [context.df.currentUtcDateTime.getTime()];
  for (let n = 0; n < 3; n++) {
    yield context.df.callActivity('echo', { n });
    at.push(context.df.currentUtcDateTime.getTime());
  }
  return at;
});
df.app.orchestration('alarms', function* (context) {
  const lateness = [];
  for (const ms of [300, 900, 1200, 1900, 2100, 3700, 5900, 60_500]) {
    const at = after(context, ms);
    yield context.df.createTimer(at);
    lateness.push(context.df.currentUtcDateTime.getTime() - at.getTime());
  }
  return lateness;
});
