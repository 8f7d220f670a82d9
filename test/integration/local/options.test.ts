import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LocalOptions, readOptions, toArguments, UsageError } from '../../../local/options.js';

const options: fc.Arbitrary<LocalOptions> = fc.record(
  {
    port: fc.nat(65_535),
    state: fc.string({ minLength: 1 }),
    clock: fc.constantFrom('real' as const, 'virtual' as const),
    app: fc.string({ minLength: 1 }),
    config: fc.string({ minLength: 1 }),
    eventSchema: fc.constantFrom('EventGridSchema' as const, 'CloudEventSchemaV1_0' as const),
    runtimeStartSeconds: fc.nat(86_400),
    keepHistories: fc.constant(true),
    settings: fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z_]\w{0,20}$/), fc.string()), {
        minLength: 1,
        maxLength: 4,
        selector: ([name]) => name,
      })
      .map((entries) => Object.fromEntries(entries)),
  },
  { requiredKeys: [] },
);

it('reads back what it writes', () => {
  fc.assert(
    fc.property(options, (given) => {
      expect(readOptions(toArguments(given))).toEqual(given);
    }),
  );
});

it('either reads a command line or says what is wrong with it', () => {
  const words = fc.oneof(
    fc.string(),
    fc.constantFrom('--port', '--clock=real', '--state', '--setting', '--help', '--'),
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 6 }), (args) => {
      try {
        readOptions(args);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});
