/** Orchestrations that leave something open, or ask for what is not there. */
import * as df from 'durable-functions';
import { after } from './memory.mjs';

df.app.orchestration('waiting-for-ever', function* (context) {
  yield context.df.callSubOrchestrator('listening', {}, `${context.df.instanceId}-child`);
});
df.app.orchestration('listening', function* (context) {
  return yield context.df.waitForExternalEvent('never');
});
df.app.orchestration('leaves-an-activity', function* (context) {
  const { end, early } = context.df.getInput();
  const slow = context.df.callActivity('effect', { key: context.df.instanceId });
  const short = context.df.createTimer(after(context, 1000));
  if (!early) yield context.df.Task.any([slow, short]);
  if (early) yield context.df.callActivity('echo', {});
  if (end === 'throws') throw new Error('after all');
  if (end === 'continues') {
    context.df.continueAsNew({ end: 'returns', early: true });
    return undefined;
  }
  return 'ended';
});
df.app.orchestration('leaves-a-child', function* (context) {
  const child = context.df.callSubOrchestrator('race', {}, `${context.df.instanceId}-child`);
  const short = context.df.createTimer(after(context, 1000));
  yield context.df.Task.any([child, short]);
  return 'ended';
});
df.app.orchestration('asks-for-a-child', function* (context) {
  const { name, id } = context.df.getInput();
  const child = yield context.df.callSubOrchestrator(name, {}, id);
  return { child };
});
df.app.orchestration('asks-nobody', function* (context) {
  yield context.df[context.df.getInput().call]('nobody', {});
});
df.app.orchestration('leaves-a-timer', function* (context) {
  context.df.createTimer(after(context, 3600_000));
  const short = context.df.createTimer(after(context, 1000));
  const long = context.df.createTimer(after(context, 3600_000));
  yield context.df.Task.any([short, long]);
  return 'done';
});
df.app.orchestration('reuses-a-task', function* (context) {
  const slow = context.df.createTimer(after(context, 3600_000));
  const first = context.df.callActivity('echo', { n: 1 });
  yield context.df.Task.any([slow, first]);
  const second = context.df.callActivity('echo', { n: 2 });
  yield context.df.Task.any([slow, second]);
  slow.cancel();
});
