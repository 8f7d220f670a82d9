import { expect, it } from 'vitest';
import { makeNonce } from '../../../src/activities/makeNonce.js';
import { ActivityContext } from '../doubles/activityContext.js';

it('makes another nonce each time, of sixteen random bytes', async () => {
  const { deps } = new ActivityContext();
  const [first, second] = [await makeNonce({}, deps), await makeNonce({}, deps)];

  expect(first).toEqual({ kind: 'made', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(second).toEqual({ kind: 'made', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(second.nonce).not.toBe(first.nonce);
});

it('takes its chance from outside alone', async () => {
  const asked: number[] = [];
  const { deps } = new ActivityContext();
  const randomHex = (bytes: number) => {
    asked.push(bytes);
    return 'as given';
  };

  expect(await makeNonce({}, { ...deps, randomHex })).toEqual({ kind: 'made', nonce: 'as given' });
  expect(asked).toEqual([16]);
});
