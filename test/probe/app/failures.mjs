/** What a failure looks like to whoever waits for it. */
import * as df from 'durable-functions';
import { attempt } from './common.mjs';

df.app.activity('throwsObject', {
  handler() {
    throw { code: 'X', message: 'an object' };
  },
});
df.app.orchestration('catches', function* (context) {
  const { activity, input } = context.df.getInput();
  try {
    return { value: yield context.df.callActivity(activity, input) };
  } catch (error) {
    return { name: error.name, message: error.message, members: Object.keys(error) };
  }
});
df.app.orchestration('fails', function* (context) {
  yield context.df.callActivity('nothing', {});
  throw new Error(context.df.getInput().message);
});
df.app.orchestration('parentOfFailing', function* (context) {
  const child = `${context.df.instanceId}-child`;
  return yield* attempt(context.df.callSubOrchestrator('fails', context.df.getInput(), child));
});
df.app.orchestration('oneOfAllFails', function* (context) {
  const tasks = [
    context.df.callActivity('describe', { n: 1 }),
    context.df.callActivity('throws', 'one of three'),
    context.df.callActivity('describe', { n: 3 }),
  ];
  const { threw } = yield* attempt(context.df.Task.all(tasks));
  yield context.df.callActivity('nothing', {});
  return { threw };
});
df.app.orchestration('unknownActivity', function* (context) {
  return yield* attempt(context.df.callActivity('noSuchActivity', {}));
});
df.app.orchestration('unknownChild', function* (context) {
  const child = `${context.df.instanceId}-child`;
  return yield* attempt(context.df.callSubOrchestrator('noSuchOrchestrator', {}, child));
});
df.app.orchestration('unknownEntity', function* (context) {
  return yield* attempt(context.df.callEntity(new df.EntityId('noSuchEntity', 'k'), 'get', {}));
});
