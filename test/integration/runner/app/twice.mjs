/** Orchestrations whose messages come twice. */
import * as df from 'durable-functions';
import { after, calls } from './memory.mjs';

df.app.orchestration('asks-once', function* (context) {
  const { key } = context.df.getInput();
  const now = context.df.currentUtcDateTime.getTime();
  return yield context.df.callEntity(new df.EntityId('visitors', key), 'visit', { now });
});
df.app.orchestration('works-once', function* (context) {
  const { key, hours = 0 } = context.df.getInput();
  const result = yield context.df.callActivity('numbered', { key });
  if (hours > 0) yield context.df.createTimer(after(context, hours * 3600_000));
  return result;
});
df.app.orchestration('mother', function* (context) {
  const { key, hours = 0 } = context.df.getInput();
  const child = yield context.df.callSubOrchestrator('daughter', { key }, `${key}-daughter`);
  if (hours > 0) yield context.df.createTimer(after(context, hours * 3600_000));
  return child;
});
df.app.orchestration('daughter', function* (context) {
  const { key } = context.df.getInput();
  const before = yield context.df.callActivity('numbered', { key: `${key}/before` });
  const grandchild = yield context.df.callSubOrchestrator('granddaughter', { key }, `${key}-grand`);
  yield context.df.createTimer(after(context, 60_000));
  const last = yield context.df.callActivity('numbered', { key: `${key}/last` });
  return { before, grandchild, last };
});
df.app.orchestration('granddaughter', function* (context) {
  const { key } = context.df.getInput();
  yield context.df.createTimer(after(context, 10_000));
  return yield context.df.callActivity('numbered', { key: `${key}/grand` });
});
df.app.orchestration('renewing', function* (context) {
  const { round = 0 } = context.df.getInput();
  yield context.df.createTimer(after(context, 5000));
  if (round === 0) context.df.continueAsNew({ round: 1 });
  return round;
});
df.app.orchestration('waits-for-renewing', function* (context) {
  const { key } = context.df.getInput();
  yield context.df.callSubOrchestrator('renewing', {}, `${key}-child`);
  yield context.df.createTimer(after(context, 2 * 3600_000));
});
df.app.activity('numbered', {
  handler: ({ key }) => {
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return calls.get(key);
  },
});
df.app.activity('together', {
  handler: async ({ key }) => {
    const clock = globalThis.runnerTestClock;
    const number = (calls.get(key) ?? 0) + 1;
    calls.set(key, number);
    // The one that begins first ends last.
    await clock.call(() => clock.sleep(number === 1 ? 20_000 : 10_000));
    calls.set(`${key}/most`, Math.max(calls.get(key), calls.get(`${key}/most`) ?? 0));
    return number;
  },
});
df.app.orchestration('works-together', function* (context) {
  return yield context.df.callActivity('together', context.df.getInput());
});
df.app.entity('visitors', (context) => {
  const visits = context.df.getState(() => []) ?? [];
  if (context.df.operationName === 'visit') {
    visits.push(context.df.getInput().now);
    context.df.setState(visits);
  }
  context.df.return(visits.length);
});
