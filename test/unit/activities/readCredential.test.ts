import { describe, expect, it } from 'vitest';
import { readCredential, readWantedCredential } from '../../../src/activities/readCredential.js';
import type { CredentialRecord } from '../../../src/domain/rotation/credentialState.js';
import type { CredentialVersion } from '../../../src/domain/values/credentialVersion.js';
import { CREDENTIAL } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';
import { PENDING, recordIn, SECRET } from './rotation/rotating.js';

/** What is read, as its value and what is told of it. */
async function read(
  context: ActivityContext,
  hold: (azure: Awaited<ReturnType<ActivityContext['deps']['azure']>>) => ReturnType<typeof readCredential>,
) {
  const held = await hold(await context.deps.azure());
  return held.kind === 'read' ? { value: held.value.reveal(), ...held.version } : held;
}
const current = (context: ActivityContext) =>
  read(context, (azure) => readCredential(azure, context.configured));

describe('the id of a version that does not say which key it holds', () => {
  it.each([
    { label: 'the key of the version before, whose value it has', values: ['held-secret'], id: 'key-1' },
    {
      label: 'that, too, where it was written more than once',
      values: ['held-secret', 'held-secret'],
      id: 'key-1',
    },
    { label: 'its own, where the value is new', values: ['new'], id: 'v2' },
    { label: 'that of the first one of its value', values: ['new', 'new'], id: 'v2' },
    { label: 'its own, where another value came between', values: ['new', 'held-secret'], id: 'v3' },
  ])('is $label', async ({ values, id }) => {
    const context = new ActivityContext();
    for (const value of values) context.vaults.put(SECRET, value);

    expect(await current(context)).toMatchObject({ credentialId: id, value: values.at(-1) });
  });

  it('is not guessed while the vault is busy: another id would restart runtimes', async () => {
    const context = new ActivityContext();
    context.vaults.put(SECRET, 'held-secret');
    context.vaults.calls.faults.versions = 'busy';
    expect(await current(context)).toMatchObject(RETRY);
    delete context.vaults.calls.faults.versions;
    context.vaults.calls.faults.readVersion = 'busy';

    expect(await current(context)).toMatchObject(RETRY);
  });

  it('is its own where the vault does not let the app list', async () => {
    const context = new ActivityContext();
    context.vaults.put(SECRET, 'held-secret');
    context.vaults.calls.faults.versions = 'forbidden';

    expect(await current(context)).toMatchObject({ credentialId: 'v2' });
  });
});

describe('the version that a runtime is to have', () => {
  const TO: CredentialVersion = { ...CREDENTIAL, credentialId: 'key-2', staged: true };
  const wanted = (context: ActivityContext, record: CredentialRecord | undefined, marker?: string) =>
    read(context, (azure) => readWantedCredential(azure, context.configured, record, marker, NOW));

  /** A context with a staged version, and the record of the rotation that moves runtimes to it. */
  function moving() {
    const context = new ActivityContext();
    context.vaults.put(PENDING, 'staged-value', { tags: { keyId: 'key-2' } });
    const { rotation = expect.fail('a run works on it'), ...record } = recordIn('moving');
    return { context, record: { ...record, rotation: { ...rotation, from: CREDENTIAL, to: TO } } };
  }

  it.each([
    { has: 'what it is moved to', marker: 'KEY-2', value: 'staged-value' },
    { has: 'what it had', marker: 'key-1', value: 'held-secret' },
    { has: 'nothing', marker: undefined, value: 'held-secret' },
  ])('during a move is $value where it has $has', async ({ marker, value }) => {
    const { context, record } = moving();

    expect(await wanted(context, record, marker)).toMatchObject({ value });
  });

  it('is the committed one where the staged one was closed meanwhile', async () => {
    const { context, record } = moving();
    await context.vaults.disable(PENDING, 'v1');
    context.secrets = [...context.secrets, { value: 'staged-value', version: 'v2', keyId: 'key-2' }];
    const version = await wanted(context, record, 'key-2');

    expect(version).toMatchObject({ value: 'staged-value', secretVersion: 'v2' });
    expect(version).not.toHaveProperty('staged');
  });

  it('is the one from before where the newest had to be taken back, and only instead of that', async () => {
    const context = new ActivityContext();
    context.secrets = [...context.secrets, { value: 'spoilt', version: 'v2', keyId: 'key-2' }];
    const record: CredentialRecord = {
      ...recordIn('moving'),
      pinned: {
        use: CREDENTIAL,
        insteadOf: 'key-2',
        secretVersion: 'v2',
        code: 'pilotFailed',
        since: '2026-11-23T00:00:00.000Z',
        until: '2026-11-24T00:00:00.000Z',
      },
    };
    expect(await wanted(context, record)).toMatchObject({ value: 'held-secret' });
    context.secrets = [...context.secrets, { value: 'newest', version: 'v3', keyId: 'key-3' }];

    expect(await wanted(context, record)).toMatchObject({ value: 'newest' });
  });
});
