/** A small app for the tests of the runner: one orchestration for each thing that durable functions can do. */
import { app } from '@azure/functions';
import * as df from 'durable-functions';

const calls = new Map();
globalThis.runnerTestCalls = calls;
const extraInputs = [df.input.durableClient()];

df.app.activity('echo', { handler: (input) => input });
df.app.activity('effect', {
  handler: ({ key }) => {
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return `effect ${key}`;
  },
});
df.app.activity('flaky', {
  handler: ({ key, failures }) => {
    const call = (calls.get(key) ?? 0) + 1;
    calls.set(key, call);
    if (call <= failures) throw new Error(`failure ${call}`);
    return `call ${call}`;
  },
});

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
df.app.orchestration('sleepy', function* (context) {
  yield context.df.createTimer(after(context, 20 * 24 * 3600_000));
  return context.df.currentUtcDateTime.toISOString();
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
df.app.orchestration('counting', function* (context) {
  const id = new df.EntityId('counter', context.df.getInput().key);
  context.df.signalEntity(id, 'add', 2);
  yield context.df.callEntity(id, 'add', 3);
  return yield context.df.callEntity(id, 'get', {});
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
df.app.orchestration('waiting-for-ever', function* (context) {
  yield context.df.callSubOrchestrator('listening', {}, `${context.df.instanceId}-child`);
});
df.app.orchestration('listening', function* (context) {
  return yield context.df.waitForExternalEvent('never');
});
df.app.orchestration('leaves-a-timer', function* (context) {
  context.df.createTimer(after(context, 3600_000));
  const short = context.df.createTimer(after(context, 1000));
  const long = context.df.createTimer(after(context, 3600_000));
  yield context.df.Task.any([short, long]);
  return 'done';
});
let turn = 0;
df.app.orchestration('fickle', function* (context) {
  turn += 1;
  yield context.df.callActivity(turn % 2 === 1 ? 'echo' : 'effect', { key: 'fickle' });
  yield context.df.callActivity('echo', {});
});
df.app.orchestration('reuses-a-task', function* (context) {
  const slow = context.df.createTimer(after(context, 3600_000));
  const first = context.df.callActivity('echo', { n: 1 });
  yield context.df.Task.any([slow, first]);
  const second = context.df.callActivity('echo', { n: 2 });
  yield context.df.Task.any([slow, second]);
  slow.cancel();
});
df.app.orchestration('throws', function* () {
  yield* [];
  throw new Error('on purpose');
});

df.app.entity('counter', (context) => {
  const state = context.df.getState(() => 0) ?? 0;
  if (context.df.operationName === 'add') context.df.setState(state + context.df.getInput());
  context.df.return(context.df.getState(() => 0) ?? 0);
});

app.http('open', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'open/{name}',
  handler: (request) => ({ jsonBody: { name: request.params.name, q: request.query.get('q') } }),
});
app.http('locked', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'locked',
  extraInputs,
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew('sequence', { instanceId: 'from-http', input: await request.json() });
    return { status: 202, body: id };
  },
});
app.eventGrid('hears', { handler: (event) => void calls.set(`event ${event.id}`, event.subject ?? '') });
app.timer('ticks', {
  schedule: '0 0 * * * *',
  handler: () => void calls.set('ticks', (calls.get('ticks') ?? 0) + 1),
});

function after(context, ms) {
  return new Date(context.df.currentUtcDateTime.getTime() + ms);
}
