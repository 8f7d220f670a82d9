/** Sub-orchestrations: their ids, and what their parent's end means to them. */
import * as df from 'durable-functions';
import { attempt } from './common.mjs';

df.app.orchestration('defaultChild', function* (context) {
  yield context.df.callActivity('nothing', {});
  const guid = context.df.newGuid('a');
  const child = yield context.df.callSubOrchestrator('own', {});
  return { guid, child };
});
df.app.orchestration('children', function* (context) {
  const ids = Array.from(
    { length: context.df.getInput().children },
    (_, n) => `${context.df.instanceId}-${n}`,
  );
  const found = yield context.df.Task.all(ids.map((id) => context.df.callSubOrchestrator('own', {}, id)));
  return found.every(({ id, parent }, n) => id === ids[n] && parent === context.df.instanceId);
});
df.app.orchestration('childWithId', function* (context) {
  return yield* attempt(context.df.callSubOrchestrator('own', {}, context.df.getInput().child));
});
/** Ends when it is told, and has an effect before that. */
df.app.orchestration('waitsForEnd', function* (context) {
  yield context.df.waitForExternalEvent('end');
  yield context.df.callActivity('effect', context.df.instanceId);
  return 'ended';
});
df.app.orchestration('parentOfWaiting', function* (context) {
  return yield context.df.callSubOrchestrator('waitsForEnd', {}, `${context.df.instanceId}-child`);
});
