/** Code that changes while an instance waits: which changes does the host notice? */
import * as df from 'durable-functions';
import { after } from './common.mjs';
import { isSwitched } from './memory.mjs';

const entity = (key) => new df.EntityId('list', key);

/** What an instance does first; `on` once its code was switched. */
const FIRST = {
  *activityName({ df }, on) {
    yield df.callActivity(on ? 'nothing' : 'describe', {});
  },
  *activityInput({ df }, on) {
    yield df.callActivity('describe', { on });
  },
  *entityOperation({ df }, on) {
    yield df.callEntity(entity(df.instanceId), on ? 'get' : 'add', 1);
  },
  *entityId({ df }, on) {
    yield df.callEntity(entity(`${df.instanceId}-${on ? 'b' : 'a'}`), 'add', 1);
  },
  *childId({ df }, on) {
    yield df.callSubOrchestrator('own', {}, `${df.instanceId}-${on ? 'b' : 'a'}`);
  },
  *oneMore({ df }, on) {
    if (on) yield df.callActivity('nothing', {});
    yield df.callActivity('describe', {});
  },
  *oneLess({ df }, on) {
    if (!on) yield df.callActivity('describe', {});
  },
  *timerInstead(context, on) {
    if (on) yield context.df.createTimer(after(context, 100));
    else yield context.df.callActivity('describe', {});
  },
  *endsSooner() {},
};

df.app.orchestration('changes', function* (context) {
  const { kind } = context.df.getInput();
  const on = isSwitched(context.df.instanceId);
  yield* FIRST[kind](context, on);
  context.df.setCustomStatus('waits');
  yield context.df.waitForExternalEvent('go on');
  if (kind === 'endsSooner' && on) return 'ended sooner';
  yield context.df.callActivity('describe', {});
  return 'ended';
});
