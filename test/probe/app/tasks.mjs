/** Tasks that nobody waits for any more, and tasks that are waited for twice. */
import * as df from 'durable-functions';
import { after } from './common.mjs';

/** The activity loses to the event; then the orchestrator has nothing left to do. */
df.app.orchestration('leavesActivity', function* (context) {
  const slow = context.df.callActivity('slow', context.df.instanceId);
  yield context.df.Task.any([slow, context.df.waitForExternalEvent('go on')]);
  context.df.setCustomStatus('went on');
  return 'returned';
});
df.app.orchestration('leavesActivityThenNew', function* (context) {
  if (context.df.getInput()?.round === 1) {
    yield* [];
    return 'second round';
  }
  const slow = context.df.callActivity('slow', context.df.instanceId);
  yield context.df.Task.any([slow, context.df.waitForExternalEvent('go on')]);
  context.df.setCustomStatus('went on');
  context.df.continueAsNew({ round: 1 });
  return undefined;
});
df.app.orchestration('leavesChild', function* (context) {
  const child = context.df.callSubOrchestrator('waitsForEnd', {}, `${context.df.instanceId}-child`);
  yield context.df.Task.any([child, context.df.waitForExternalEvent('go on')]);
  context.df.setCustomStatus('went on');
  return 'returned';
});
df.app.orchestration('leavesTimer', function* (context) {
  const timer = context.df.createTimer(after(context, 10_000));
  yield context.df.Task.any([context.df.callActivity('nothing', {}), timer]);
  context.df.setCustomStatus('went on');
  return 'returned';
});
df.app.orchestration('cancelsTimer', function* (context) {
  const timer = context.df.createTimer(after(context, 3_600_000));
  yield context.df.Task.any([context.df.callActivity('nothing', {}), timer]);
  timer.cancel();
  return 'returned';
});
/** One activity stands in two races, and loses both. */
df.app.orchestration('racesTwice', function* (context) {
  const slow = context.df.callActivity('slow', context.df.instanceId);
  yield context.df.Task.any([slow, context.df.waitForExternalEvent('first')]);
  context.df.setCustomStatus('first');
  yield context.df.Task.any([slow, context.df.waitForExternalEvent('second')]);
  context.df.setCustomStatus('second');
  return yield slow;
});
df.app.orchestration('fan', function* (context) {
  const { activities } = context.df.getInput();
  const tasks = Array.from({ length: activities }, (_, n) => context.df.callActivity('describe', { n }));
  return (yield context.df.Task.all(tasks)).length;
});
