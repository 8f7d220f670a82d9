/** External events. */
import * as df from 'durable-functions';

df.app.orchestration('eventsInOrder', function* (context) {
  const got = [];
  for (let n = 0; n < 3; n++) got.push(yield context.df.waitForExternalEvent('each'));
  return got;
});
df.app.orchestration('eventsByName', function* (context) {
  yield context.df.waitForExternalEvent('go on');
  return { b: yield context.df.waitForExternalEvent('b'), a: yield context.df.waitForExternalEvent('a') };
});
/** Takes `go on`, continues as new, and waits for `late`. */
df.app.orchestration('eventsOverNew', function* (context) {
  if (context.df.getInput().round === 0) {
    yield context.df.waitForExternalEvent('go on');
    context.df.continueAsNew({ round: 1 });
    return undefined;
  }
  context.df.setCustomStatus('second round');
  return yield context.df.waitForExternalEvent('late');
});
/** Two wait for one name; the answer says who was served. */
df.app.orchestration('eventWaiters', function* (context) {
  const tasks = [1, 2].map(() => context.df.waitForExternalEvent('each'));
  const winner = yield context.df.Task.any(tasks);
  return { served: tasks.indexOf(winner) + 1, result: winner.result };
});
