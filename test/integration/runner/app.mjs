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
df.app.activity('sleeps', {
  handler: async ({ key, ms }) => {
    const clock = globalThis.runnerTestClock;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    if (calls.get(key) === 1) await clock.call(() => clock.sleep(ms));
    return `awake ${key}`;
  },
});
df.app.activity('describe', {
  handler: (input) => ({ type: input === null ? 'null' : typeof input, text: JSON.stringify(input) ?? '' }),
});
df.app.activity('give', {
  handler: ({ what }) =>
    ({ nothing: undefined, nan: Number.NaN, large: 2 ** 53 + 2, list: [1, 'a', null] })[what],
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
df.app.orchestration('sleeps-once', function* (context) {
  return yield context.df.callActivity('sleeps', { key: context.df.instanceId, ms: 3600_000 });
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
df.app.orchestration('tells-its-id', function* (context) {
  yield* [];
  return { id: context.df.instanceId, parent: context.df.parentInstanceId, version: context.df.version };
});
df.app.orchestration('clock', function* (context) {
  const at = [context.df.currentUtcDateTime.getTime()];
  for (let n = 0; n < 3; n++) {
    yield context.df.callActivity('echo', { n });
    at.push(context.df.currentUtcDateTime.getTime());
  }
  return at;
});
df.app.orchestration('alarms', function* (context) {
  const lateness = [];
  for (const ms of [300, 900, 1200, 1900, 2100, 3700, 5900, 60_500]) {
    const at = after(context, ms);
    yield context.df.createTimer(at);
    lateness.push(context.df.currentUtcDateTime.getTime() - at.getTime());
  }
  return lateness;
});
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
df.app.orchestration('locks', function* (context) {
  const { key, fails } = context.df.getInput();
  const lock = yield context.df.lock(new df.EntityId('counter', key));
  if (fails) throw new Error('inside the lock');
  lock.release();
  return 'had it';
});
df.app.orchestration('version', function* (context) {
  const before = context.df.version;
  yield context.df.waitForExternalEvent('go');
  return { before, after: context.df.version };
});
df.app.orchestration('version-of-children', function* (context) {
  const child = yield context.df.callSubOrchestrator('tells-its-id', {}, `${context.df.instanceId}-c`);
  const older = yield context.df.callSubOrchestrator('tells-its-id', {}, `${context.df.instanceId}-o`, '0.9');
  return { own: context.df.version, child: child.version, older: older.version };
});
/** What changes between two episodes of `swaps`, by instance id. */
const swapped = new Set();
globalThis.runnerTestSwapped = swapped;
df.app.orchestration('swaps', function* (context) {
  const { kind } = context.df.getInput();
  const on = swapped.has(context.df.instanceId);
  const counter = (key) => new df.EntityId('counter', key);
  if (kind === 'name') yield context.df.callActivity(on ? 'describe' : 'echo', {});
  if (kind === 'input') yield context.df.callActivity('echo', { on });
  if (kind === 'entityOperation') yield context.df.callEntity(counter('swap'), on ? 'get' : 'add', 1);
  if (kind === 'entity') yield context.df.callEntity(counter(on ? 'other' : 'swap'), 'add', 1);
  if (kind === 'timer' && on) yield context.df.createTimer(after(context, 1000));
  if (kind === 'timer' && !on) yield context.df.callActivity('echo', {});
  if (kind === 'fewer' && !on) yield context.df.callActivity('echo', {});
  if (kind === 'child') {
    yield context.df.callSubOrchestrator('tells-its-id', {}, `${context.df.instanceId}-${on ? 'b' : 'a'}`);
  }
  yield context.df.waitForExternalEvent('go');
  if (kind === 'tail' && on) return 'ended at once';
  yield context.df.callActivity('echo', {});
  return 'ended';
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

df.app.activity('boom', {
  handler: () => {
    throw new Error('out of order');
  },
});
df.app.activity('boom-object', {
  handler: () => {
    throw { code: 'X' };
  },
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
app.http('reads', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'reads',
  handler: async (request) => ({ body: `got ${await request.text()}` }),
});
app.eventGrid('hears', {
  handler: (event) => {
    if (event.subject === 'fails') throw new Error('cannot hear that');
    calls.set(`event ${event.id}`, event.subject ?? '');
  },
});
app.timer('ticks', {
  schedule: '0 0 * * * *',
  handler: (timer) => {
    calls.set('ticks', (calls.get('ticks') ?? 0) + 1);
    calls.set('last tick', timer.scheduleStatus);
  },
});

function after(context, ms) {
  return new Date(context.df.currentUtcDateTime.getTime() + ms);
}
