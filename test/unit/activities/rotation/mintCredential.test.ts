import { describe, expect, it } from 'vitest';
import { mintCredential } from '../../../../src/activities/rotation/mintCredential.js';
import { credentialRecordKey } from '../../../../src/domain/rotation/credentialState.js';
import { keyLabel, minterOf } from '../../../../src/domain/rotation/pending.js';
import { type ActivityContext, OF_ATTIC } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { CLIENT, HUB, PENDING, RUN, recordIn, rotating, TENANT } from './rotating.js';

const mint = (context: ActivityContext) =>
  mintCredential(
    { credential: 'reader', runId: RUN, endsOn: '2027-05-22T12:00:00.900Z' },
    context.deps,
    context.durable,
  );
const keysOf = ({ graph }: ActivityContext) => graph.application(CLIENT).keys;

describe('minting a credential', () => {
  it('adds a key with the label of the run and stores its value in the pending secret', async () => {
    const context = rotating('preparing');
    const minted = await mint(context);

    expect(minted).toEqual({
      kind: 'minted',
      endsOn: '2027-05-22T12:00:00.000Z',
      version: {
        clientId: CLIENT,
        tenantId: TENANT,
        credentialId: 'minted-1',
        secretVersion: 'v1',
        staged: true,
        expiresOn: '2027-05-22T12:00:00.000Z',
      },
    });
    const key = keysOf(context).at(-1);
    const minter = minterOf(credentialRecordKey(OF_ATTIC.credential), HUB);
    expect(key?.displayName).toBe(keyLabel(minter, RUN));
    expect(context.vaults.kept(PENDING)).toMatchObject([
      { value: key?.value, tags: { keyId: 'minted-1', airlockRun: RUN, airlockHub: HUB } },
    ]);
    expect(JSON.stringify(minted)).not.toContain(key?.value);
  });

  it.each([
    { label: 'waits there', closed: false },
    { label: 'was closed by the commit', closed: true },
  ])('takes what it has made before, where that $label', async ({ closed }) => {
    const context = rotating('preparing');
    const first = await mint(context);
    if (closed) await context.vaults.disable(PENDING, 'v1');
    context.credential = recordIn('committed');

    expect(await mint(context)).toEqual(first);
    expect(keysOf(context)).toHaveLength(2);
  });

  it.each([
    { label: 'another run', tags: { keyId: 'k', airlockRun: 'run-0', airlockHub: HUB } },
    {
      label: 'a run of the same id on another task hub',
      tags: { keyId: 'k', airlockRun: RUN, airlockHub: 'x' },
    },
    { label: 'nobody who says so', tags: {} },
  ])('does not take what is of $label', async ({ tags }) => {
    const context = rotating('preparing');
    context.vaults.put(PENDING, 'stale', { tags });

    expect(await mint(context)).toMatchObject({ kind: 'minted', version: { credentialId: 'minted-1' } });
  });

  it('adds nothing where somebody else makes the keys by now, and finds what it has made before', async () => {
    const { credential } = OF_ATTIC;
    const rotation = { ...credential.rotation, strategy: 'external', mints: false };
    const context = rotating('preparing', {}, { credential: { ...credential, rotation } });

    expect(await mint(context)).toEqual({ kind: 'notOurs' });
    expect(context.graph.calls.made).toEqual([]);
    context.vaults.put(PENDING, 'earlier', { tags: { keyId: 'k', airlockRun: RUN, airlockHub: HUB } });
    expect(await mint(context)).toMatchObject({ kind: 'minted', version: { credentialId: 'k' } });
  });

  it.each([
    { label: 'nothing is known of the credential', record: undefined },
    { label: 'another run works on it', record: recordIn('preparing', {}, 'run-2') },
    { label: 'the run moves runtimes by now', record: recordIn('moving') },
    { label: 'the run goes back', record: recordIn('rollingBack') },
  ])('adds nothing where $label', async ({ record }) => {
    const context = rotating('preparing');
    context.credential = record;

    expect(await mint(context)).toEqual({ kind: 'notOurs' });
    expect(context.graph.calls.made).toEqual([]);
  });

  it('goes by the end that Entra gives, not by the one that was asked for', async () => {
    const context = rotating('preparing');
    context.graph.latestEnd = '2026-12-24T00:00:00.500Z';

    expect(await mint(context)).toMatchObject({
      kind: 'minted',
      endsOn: '2026-12-24T00:00:00.000Z',
      version: { expiresOn: '2026-12-24T00:00:00.000Z' },
    });
    expect(context.vaults.kept(PENDING)[0]?.expiresOn).toBe('2026-12-24T00:00:00.000Z');
  });

  it('says so where the credential is configured no more', async () => {
    const context = rotating('preparing');
    context.profiles = [];

    expect(await mint(context)).toMatchObject({ kind: 'refused', problem: { code: 'credentialGone' } });
  });
});

describe('a mint that a service lets down', () => {
  it('adds nothing where the vault or the directory is busy', async () => {
    const context = rotating('preparing');
    context.vaults.calls.faults.versions = 'busy';
    expect(await mint(context)).toMatchObject(RETRY);
    delete context.vaults.calls.faults.versions;
    context.graph.calls.faults.addKey = 'busy';

    expect(await mint(context)).toMatchObject(RETRY);
    expect(keysOf(context)).toHaveLength(1);
  });

  it('says what the directory refuses', async () => {
    const context = rotating('preparing');
    context.graph.calls.faults.addKey = 'forbidden';

    expect(await mint(context)).toMatchObject({ kind: 'refused', problem: { code: 'graphForbidden' } });
    expect(context.vaults.kept(PENDING)).toEqual([]);
  });

  it('makes another key where the answer of the directory was lost, and removes none: a duplicate of it may have it', async () => {
    const context = rotating('preparing');
    context.graph.calls.faults.addKey = 'lost';
    expect(await mint(context)).toMatchObject({ kind: 'retry' });
    delete context.graph.calls.faults.addKey;

    expect(await mint(context)).toMatchObject({ kind: 'minted', version: { credentialId: 'minted-2' } });
    expect(keysOf(context).map(({ keyId }) => keyId)).toEqual(['key-1', 'minted-1', 'minted-2']);
    expect(keysOf(context)[1]?.displayName).toBe(keysOf(context)[2]?.displayName);
  });

  it('leaves the key where the answer of the vault is lost, and finds the value the next time', async () => {
    const context = rotating('preparing');
    context.vaults.calls.faults.create = 'lost';
    expect(await mint(context)).toMatchObject({ kind: 'retry' });
    delete context.vaults.calls.faults.create;

    expect(await mint(context)).toMatchObject({ kind: 'minted', version: { credentialId: 'minted-1' } });
    expect(keysOf(context)).toHaveLength(2);
  });

  it('removes the key whose value the vault refuses', async () => {
    const context = rotating('preparing');
    context.vaults.calls.faults.create = 'forbidden';
    const refused = await mint(context);

    expect(refused).toMatchObject({ kind: 'refused', problem: { code: 'vaultRoleMissing' } });
    expect(keysOf(context).map(({ keyId }) => keyId)).toEqual(['key-1']);
    expect(JSON.stringify(refused)).not.toContain('value-of');
  });

  it.each(['busy', 'forbidden'] as const)('names the key where its removal is %s, too', async (fault) => {
    const context = rotating('preparing');
    context.vaults.calls.faults.create = 'forbidden';
    context.graph.calls.faults.removeKey = fault;

    expect(await mint(context)).toMatchObject({
      kind: 'unstored',
      keyId: 'minted-1',
      problem: { code: 'vaultRoleMissing' },
    });
  });
});
