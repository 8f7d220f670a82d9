import { describe, expect, it } from 'vitest';
import { removeKey } from '../../../../src/activities/rotation/removeKey.js';
import { credentialRecordKey } from '../../../../src/domain/rotation/credentialState.js';
import { keyLabel, minterOf } from '../../../../src/domain/rotation/pending.js';
import { type ActivityContext, OF_ATTIC } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { CLIENT, HUB, PENDING, RUN, recordIn, rotating, SECRET } from './rotating.js';

const RECORD_KEY = credentialRecordKey(OF_ATTIC.credential);

/** A context in which everybody reads key-2, and the run is about to remove key-1. */
function retiring(): ActivityContext {
  const context = rotating('committed', { retiring: ['key-1'] });
  context.secrets = [...context.secrets, { value: 'newer-value', version: 'v2', keyId: 'key-2' }];
  context.vaults.put(PENDING, 'held-secret', { tags: { keyId: 'KEY-1' } });
  return context;
}

const remove = (context: ActivityContext, keyId = 'key-1') =>
  removeKey({ credential: 'reader', runId: RUN, keyId }, context.deps, context.durable);
const keysOf = ({ graph }: ActivityContext) => graph.application(CLIENT).keys.map(({ keyId }) => keyId);
const open = ({ vaults }: ActivityContext) =>
  [SECRET, PENDING].map((secret) => vaults.kept(secret).filter(({ enabled }) => enabled).length);

describe('the removal of a key', () => {
  it('takes it out of the directory, and closes the versions that hold it', async () => {
    const context = retiring();
    const removed = await remove(context);

    expect(removed).toEqual({ kind: 'removed' });
    expect(keysOf(context)).toEqual(['key-2']);
    expect(context.vaults.kept(SECRET)).toMatchObject([
      { version: 'v2', enabled: true },
      { version: 'v1', enabled: false },
    ]);
    expect(open(context)).toEqual([1, 0]);
  });

  it('does no harm when it comes twice', async () => {
    const context = retiring();
    await remove(context);

    expect(await remove(context)).toEqual({ kind: 'removed' });
    expect(keysOf(context)).toEqual(['key-2']);
    expect(open(context)).toEqual([1, 0]);
  });

  it('is not made of the key that everybody reads, whatever the record says', async () => {
    const context = retiring();
    context.credential = recordIn('committed', { retiring: ['key-1', 'key-2'] });

    expect(await remove(context, 'KEY-2')).toEqual({ kind: 'inUse' });
    expect(keysOf(context)).toEqual(['key-1', 'key-2']);
  });

  it.each([
    { label: 'nothing is known of the credential', record: undefined },
    { label: 'another run works on it', record: recordIn('committed', { retiring: ['key-1'] }, 'run-2') },
    { label: 'the run has not said so', record: recordIn('committed', { retiring: ['key-3'] }) },
  ])('is not made where $label', async ({ record }) => {
    const context = retiring();
    context.credential = record;

    expect(await remove(context)).toEqual({ kind: 'notOurs' });
    expect(keysOf(context)).toEqual(['key-1', 'key-2']);
    expect(open(context)).toEqual([2, 1]);
  });

  it.each([
    { label: 'another task hub', hub: 'deadbeef', kind: 'otherHubs' },
    { label: 'this one', hub: HUB, kind: 'removed' },
  ])('is $kind of one with the label of $label', async ({ hub, kind }) => {
    const context = retiring();
    const displayName = keyLabel(minterOf(RECORD_KEY, hub), 'run-7');
    context.graph.application(CLIENT).keys.splice(0, 1);
    context.graph.put(CLIENT, 'key-1', 'held-secret', { displayName });
    const answer = await remove(context);

    expect(answer).toEqual(kind === 'otherHubs' ? { kind, label: displayName } : { kind });
    expect(keysOf(context).includes('key-1')).toBe(kind === 'otherHubs');
  });
});

describe('a removal that a service lets down', () => {
  it.each<{ label: string; fail(context: ActivityContext): void }>([
    { label: 'the vault', fail: ({ vaults }) => (vaults.calls.faults.current = 'busy') },
    { label: 'the list of keys', fail: ({ graph }) => (graph.calls.faults.keys = 'busy') },
    { label: 'the directory', fail: ({ graph }) => (graph.calls.faults.removeKey = 'busy') },
  ])('removes nothing where $label is busy', async ({ fail }) => {
    const context = retiring();
    fail(context);

    expect(await remove(context)).toMatchObject(RETRY);
    expect(keysOf(context)).toEqual(['key-1', 'key-2']);
    expect(open(context)).toEqual([2, 1]);
  });

  it("goes on where the newest version is closed: that is nobody's", async () => {
    const context = retiring();
    context.vaults.put(SECRET, 'off', { enabled: false, tags: { keyId: 'key-3' } });

    expect(await remove(context)).toEqual({ kind: 'removed' });
  });

  it('keeps the value where the directory refuses, and says why', async () => {
    const context = retiring();
    context.graph.calls.faults.removeKey = 'forbidden';

    expect(await remove(context)).toMatchObject({ kind: 'refused', problem: { code: 'graphForbidden' } });
    expect(open(context)).toEqual([2, 1]);
  });

  it.each(['disable', 'versions'] as const)('does the rest the next time where %s is busy', async (call) => {
    const context = retiring();
    context.vaults.calls.faults[call] = 'busy';
    expect(await remove(context)).toMatchObject(RETRY);
    delete context.vaults.calls.faults[call];

    expect(await remove(context)).toEqual({ kind: 'removed' });
    expect(open(context)).toEqual([1, 0]);
  });
});
