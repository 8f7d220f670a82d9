/** Orchestrations that change between two episodes, and versions. */
import * as df from 'durable-functions';
import { after } from './memory.mjs';

/** What changes between two episodes of `swaps`, by instance id. */
const swapped = new Set();
globalThis.runnerTestSwapped = swapped;
let turn = 0;
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
df.app.orchestration('fickle', function* (context) {
  turn += 1;
  yield context.df.callActivity(turn % 2 === 1 ? 'echo' : 'effect', { key: 'fickle' });
  yield context.df.callActivity('echo', {});
});
