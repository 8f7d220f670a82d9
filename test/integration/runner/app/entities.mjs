/** An entity, and orchestrations that use it. */
import * as df from 'durable-functions';

df.app.orchestration('counting', function* (context) {
  const id = new df.EntityId('counter', context.df.getInput().key);
  context.df.signalEntity(id, 'add', 2);
  yield context.df.callEntity(id, 'add', 3);
  return yield context.df.callEntity(id, 'get', {});
});
df.app.orchestration('locks', function* (context) {
  const { key, fails } = context.df.getInput();
  const lock = yield context.df.lock(new df.EntityId('counter', key));
  if (fails) throw new Error('inside the lock');
  lock.release();
  return 'had it';
});
df.app.orchestration('doubles', function* (context) {
  const { key, round } = context.df.getInput();
  yield context.df.callEntity(new df.EntityId('counter', key), 'add', 1);
  yield context.df.callActivity('effect', { key: `${key}/activity` });
  yield context.df.callSubOrchestrator('one-effect', {}, `${key}-child`);
  if (round === undefined) return 'done';
  yield context.df.callActivity('effect', { key: `${key}/round` });
  if (round === 0) context.df.continueAsNew({ key, round: 1 });
  return 'done';
});
df.app.entity('counter', (context) => {
  const state = context.df.getState(() => 0) ?? 0;
  if (context.df.operationName === 'add') context.df.setState(state + context.df.getInput());
  context.df.return(context.df.getState(() => 0) ?? 0);
});
