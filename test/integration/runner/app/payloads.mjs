/** Orchestrations about values, custom status and failures. */
import * as df from 'durable-functions';
import { after } from './memory.mjs';

df.app.orchestration('status-of', function* (context) {
  const { letters, first } = context.df.getInput();
  if (!first) yield context.df.callActivity('echo', {});
  context.df.setCustomStatus('x'.repeat(letters - 2));
  yield context.df.callActivity('echo', {});
  return 'fine';
});
df.app.orchestration('status-then-new', function* (context) {
  const { round } = context.df.getInput();
  if (round === 0) {
    context.df.setCustomStatus({ round });
    yield context.df.createTimer(after(context, 60_000));
    context.df.continueAsNew({ round: 1 });
    return undefined;
  }
  yield context.df.waitForExternalEvent('end');
  return 'ended';
});
df.app.orchestration('gives', function* (context) {
  const { what } = context.df.getInput();
  try {
    return { value: yield context.df.callActivity('give', { what }) };
  } catch (error) {
    return { caught: error.message };
  }
});
df.app.orchestration('describes', function* (context) {
  const values = {
    null: null,
    true: true,
    false: false,
    text: 'abc',
    number: 1.5,
    list: [1],
    json: '{"a":1}',
  };
  const described = {};
  for (const [name, value] of Object.entries(values)) {
    described[name] = yield context.df.callActivity('describe', value);
  }
  described.undefined = yield context.df.callActivity('describe');
  return described;
});
df.app.orchestration('catches', function* (context) {
  const { activity, child } = context.df.getInput();
  try {
    if (child) yield context.df.callSubOrchestrator(child, {}, `${context.df.instanceId}-child`);
    else yield context.df.callActivity(activity, {});
    return 'nothing to catch';
  } catch (error) {
    return { caught: error.message };
  }
});
df.app.orchestration('throws', function* () {
  yield* [];
  throw new Error('on purpose');
});
