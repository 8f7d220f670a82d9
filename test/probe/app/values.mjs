/** What goes into activities and orchestrators, and what comes out. */
import * as df from 'durable-functions';
import { attempt, describe } from './common.mjs';

const INPUTS = {
  null: null,
  undefined: undefined,
  true: true,
  false: false,
  number: 42,
  half: 1.5,
  emptyText: '',
  text: 'abc',
  jsonText: '{"a":1}',
  numberText: '42',
  booleanText: 'true',
  object: { a: 1 },
  list: [1, 'a', null],
  longText: 'x'.repeat(70_000),
};
const OUTPUTS = {
  undefined: () => undefined,
  null: () => null,
  emptyText: () => '',
  zero: () => 0,
  false: () => false,
  true: () => true,
  half: () => 1.5,
  largeNumber: () => 2 ** 60,
  date: () => new Date('2026-01-02T03:04:05.678Z'),
  numberText: () => '42',
  jsonText: () => '{"a":1}',
  list: () => [1, 'a', null],
  object: () => ({ a: { b: null } }),
};

df.app.activity('give', { handler: (name) => OUTPUTS[name]() });
df.app.activity('giveText', { handler: ({ length }) => 'x'.repeat(length) });

df.app.orchestration('inputs', function* (context) {
  const seen = {};
  for (const [name, input] of Object.entries(INPUTS)) {
    const { value, threw } = yield* attempt(context.df.callActivity('describe', input));
    seen[name] = value ?? { threw };
  }
  return seen;
});
df.app.orchestration('outputs', function* (context) {
  const seen = {};
  for (const name of Object.keys(OUTPUTS)) {
    const { value, threw } = yield* attempt(context.df.callActivity('give', name));
    seen[name] = threw === undefined ? describe(value) : { threw };
  }
  return seen;
});
df.app.orchestration('largeOutputs', function* (context) {
  const lengths = [];
  for (const length of context.df.getInput()) {
    lengths.push((yield context.df.callActivity('giveText', { length })).length);
  }
  return lengths;
});
df.app.orchestration('returnsText', function* (context) {
  yield* [];
  return 'y'.repeat(context.df.getInput());
});
df.app.orchestration('echo', function* (context) {
  yield* [];
  return { input: describe(context.df.getInput()) };
});
df.app.orchestration('dates', function* (context) {
  yield* [];
  const { Timestamp, at } = context.df.getInput();
  return { Timestamp: describe(Timestamp), at: describe(at) };
});
df.app.orchestration('guids', function* (context) {
  const first = context.df.newGuid('seed');
  yield context.df.callActivity('nothing', {});
  return { first, second: context.df.newGuid('seed') };
});
