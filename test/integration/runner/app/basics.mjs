/** Orchestrations: one for each thing that durable functions can do. */
import * as df from 'durable-functions';
import { after } from './memory.mjs';

df.app.orchestration('sequence', function* (context) {
  const done = [];
  for (let n = 0; n < context.df.getInput().count; n++) {
    done.push(yield context.df.callActivity('effect', { key: `${context.df.instanceId}/${n}` }));
  }
  return done;
});
df.app.orchestration('one-effect', function* (context) {
  try {
    return yield context.df.callActivity('effect', { key: context.df.instanceId });
  } catch (error) {
    return { caught: error.message };
  }
});
df.app.orchestration('side-by-side', function* (context) {
  const tasks = [1, 2, 3].map((n) => context.df.callActivity('echo', { n }));
  return yield context.df.Task.all([...tasks, context.df.createTimer(after(context, 60_000))]);
});
df.app.orchestration('race', function* (context) {
  const timer = context.df.createTimer(after(context, 3600_000));
  const event = context.df.waitForExternalEvent('go');
  const winner = yield context.df.Task.any([event, timer]);
  if (winner === event) timer.cancel();
  return winner === event ? event.result : 'too late';
});
df.app.orchestration('parent', function* (context) {
  return yield context.df.callSubOrchestrator('countdown', { left: 5 }, `${context.df.instanceId}-child`);
});
df.app.orchestration('countdown', function* (context) {
  const { left } = context.df.getInput();
  yield context.df.createTimer(after(context, 1000));
  if (left > 0) {
    context.df.setCustomStatus({ left });
    context.df.continueAsNew({ left: left - 1 });
    return undefined;
  }
  return { parent: context.df.parentInstanceId };
});
df.app.orchestration('buffered', function* (context) {
  yield context.df.createTimer(after(context, 60_000));
  return yield context.df.waitForExternalEvent('early');
});
df.app.orchestration('buffered-in-all', function* (context) {
  yield context.df.createTimer(after(context, 60_000));
  const early = context.df.waitForExternalEvent('early');
  yield context.df.Task.all([context.df.Task.any([early])]);
  yield context.df.callActivity('echo', {});
  return early.result;
});
df.app.orchestration('tells-its-id', function* (context) {
  yield* [];
  return { id: context.df.instanceId, parent: context.df.parentInstanceId, version: context.df.version };
});
