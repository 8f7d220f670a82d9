/** Entities and their locks. */
import * as df from 'durable-functions';
import { attempt } from './common.mjs';

const OPERATIONS = {
  add: (state, input) => ({ state: [...state, input], answer: state.length + 1 }),
  get: (state) => ({ answer: state }),
  setThenThrow: (state, _input, context) => {
    context.df.setState([...state, 'set']);
    throw new Error('thrown by the entity');
  },
  throwText: () => {
    throw 'a text';
  },
  answerNothing: () => ({}),
  setNull: () => ({ state: null, answer: null }),
  setUndefined: () => ({ state: undefined, answer: null }),
  setLarge: (_state, input) => ({ state: ['z'.repeat(input)], answer: 'kept' }),
  signalOther: (_state, input, context) => {
    context.df.signalEntity(new df.EntityId('list', input), 'add', 'signalled');
    return { answer: 'signalled' };
  },
};

df.app.entity('list', (context) => {
  const state = context.df.getState(() => []) ?? [];
  const answer = OPERATIONS[context.df.operationName]?.(state, context.df.getInput(), context);
  if (answer === undefined) return;
  if ('state' in answer) context.df.setState(answer.state);
  if ('answer' in answer) context.df.return(answer.answer);
});

const list = (key) => new df.EntityId('list', key);

df.app.orchestration('entityCalls', function* (context) {
  const { key, calls } = context.df.getInput();
  const answers = [];
  for (const [operation, input] of calls) {
    const { value, threw } = yield* attempt(context.df.callEntity(list(key), operation, input));
    answers.push([operation, threw === undefined ? (value ?? null) : { threw }]);
  }
  return answers;
});
df.app.orchestration('entityMany', function* (context) {
  const { key, signals, calls } = context.df.getInput();
  const numbers = (count) => Array.from({ length: count }, (_, n) => n);
  for (const n of numbers(signals)) context.df.signalEntity(list(key), 'add', n);
  const added = yield context.df.Task.all(
    numbers(calls).map((n) => context.df.callEntity(list(key), 'add', signals + n)),
  );
  return { added, state: yield context.df.callEntity(list(key), 'get') };
});
/** Adds `in`, waits until it is told, and adds `out`, all under the entity's lock. */
df.app.orchestration('locks', function* (context) {
  const { key, label, wait, fail } = context.df.getInput();
  const lock = yield context.df.lock(list(key));
  yield context.df.callEntity(list(key), 'add', `${label} in`);
  context.df.setCustomStatus('in');
  if (wait) yield context.df.waitForExternalEvent('go on');
  if (fail) throw new Error('failed inside the lock');
  yield context.df.callEntity(list(key), 'add', `${label} out`);
  lock.release();
  return 'released';
});
