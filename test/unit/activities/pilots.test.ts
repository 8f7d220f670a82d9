import { describe, expect, it } from 'vitest';
import type { DurableState } from '../../../src/activities/deps.js';
import { pilotsOf, provenWith } from '../../../src/activities/rotation/pilots.js';
import { EMPTY_RECORD, type RuntimeRecord } from '../../../src/domain/records/runtimeRecord.js';
import { runtimeRecordKey } from '../../../src/domain/values/runtimeId.js';
import { carrier } from '../domain/rotation/inventories.js';

const PROVEN: RuntimeRecord = {
  ...EMPTY_RECORD,
  proof: { fingerprint: 'f', credentialId: 'key-1', provenAt: '2026-11-23T00:00:00.000Z', runId: 'r' },
};

/** The order in which runtimes would go first, by name. */
async function order(
  names: readonly string[],
  { proven = [], named, failed = [] }: { proven?: string[]; named?: string; failed?: string[] },
): Promise<string[]> {
  const carriers = names.map((name) => carrier(name));
  const has = new Set(proven.map((name) => runtimeRecordKey(carrier(name).runtime)));
  const durable = {
    runtimeRecord: (key: string) => Promise.resolve(has.has(key) ? PROVEN : undefined),
  } as Partial<DurableState> as DurableState;
  const keys = await pilotsOf(
    [...carriers, carrier('a-stranger', 'key-1', null)],
    {
      named: named === undefined ? undefined : carrier(named).key,
      failed: failed.map((name) => carrier(name).key),
    },
    durable,
  );
  return keys.map((key) => key.split('/').at(-1) ?? '');
}

describe('who goes first', () => {
  it.each([
    { label: 'those by id', more: {}, expected: ['a', 'b', 'c', 'd'] },
    { label: 'who is proven before who is not', more: { proven: ['c'] }, expected: ['c', 'a', 'b', 'd'] },
    {
      label: 'who is named before who is proven',
      more: { named: 'd', proven: ['c'] },
      expected: ['d', 'c', 'a', 'b'],
    },
    {
      label: 'not who was no good lately, also where he is named',
      more: { named: 'a', proven: ['a', 'b'], failed: ['a'] },
      expected: ['b', 'c', 'd', 'a'],
    },
    {
      label: 'who failed longest ago where everybody did',
      more: { failed: ['c', 'd', 'a', 'b'] },
      expected: ['c', 'd', 'a', 'b'],
    },
  ])('is $label', async ({ more, expected }) => {
    expect(await order(['b', 'd', 'a', 'c'], more)).toEqual(expected);
  });

  it('is at most six', async () => {
    expect(await order(['a', 'b', 'c', 'd', 'e', 'f', 'g'], {})).toHaveLength(6);
  });
});

describe('what access is proven with', () => {
  it('is what a runtime has and was proven with, not what it was proven with before', async () => {
    const carriers = [
      carrier('a', 'KEY-1'),
      carrier('b', 'key-2'),
      carrier('c', 'key-3', null),
      carrier('d', null),
      carrier('e', 'key-2'),
    ];
    const durable = {
      runtimeRecord: () => Promise.resolve(PROVEN),
    } as Partial<DurableState> as DurableState;

    expect(await provenWith(carriers, durable)).toEqual(['KEY-1']);
  });
});
