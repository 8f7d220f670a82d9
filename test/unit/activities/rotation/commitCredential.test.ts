import { describe, expect, it } from 'vitest';
import { commitCredential } from '../../../../src/activities/rotation/commitCredential.js';
import type { RotationPhase } from '../../../../src/domain/rotation/phases.js';
import type { ActivityContext } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { CLIENT, PENDING, RUN, recordIn, rotating, SECRET, TENANT } from './rotating.js';

const END = '2027-05-22T12:00:00.000Z';
const STAGED = {
  clientId: CLIENT,
  tenantId: TENANT,
  credentialId: 'key-2',
  secretVersion: 'v1',
  staged: true as const,
  expiresOn: END,
};

/** A context in which the run moves runtimes to what it has staged. */
function staged(): ActivityContext {
  const context = rotating('moving');
  context.graph.put(CLIENT, 'key-2', 'staged-value');
  context.vaults.put(PENDING, 'staged-value', { tags: { keyId: 'key-2', airlockRun: RUN }, expiresOn: END });
  return context;
}

const commit = (context: ActivityContext) =>
  commitCredential({ credential: 'reader', runId: RUN, version: STAGED }, context.deps, context.durable);
const written = ({ vaults }: ActivityContext) => vaults.kept(SECRET).map(({ version }) => version);

describe('a commit', () => {
  it('writes what is staged as the version that everybody reads, and closes the pending secret', async () => {
    const context = staged();
    const committed = await commit(context);

    expect(committed).toEqual({
      kind: 'committed',
      version: {
        clientId: CLIENT,
        tenantId: TENANT,
        credentialId: 'key-2',
        secretVersion: 'v2',
        expiresOn: END,
      },
    });
    expect(context.vaults.kept(SECRET)[0]).toMatchObject({
      value: 'staged-value',
      tags: { keyId: 'key-2', airlockRun: RUN },
      expiresOn: END,
      enabled: true,
    });
    expect(context.vaults.kept(PENDING)[0]?.enabled).toBe(false);
    expect(JSON.stringify(committed)).not.toContain('staged-value');
  });

  it('writes once, however often it is asked', async () => {
    const context = staged();
    const first = await commit(context);

    expect(await commit(context)).toEqual(first);
    expect(written(context)).toEqual(['v2', 'v1']);
  });

  it.each([
    { label: 'the answer of the write', call: 'create' },
    { label: 'the answer of the closing', call: 'disable' },
  ] as const)('finds what it has written where $label was lost', async ({ call }) => {
    const context = staged();
    context.vaults.calls.faults[call] = 'lost';
    expect(await commit(context)).toMatchObject({ kind: 'retry' });
    delete context.vaults.calls.faults[call];

    expect(await commit(context)).toMatchObject({ kind: 'committed', version: { secretVersion: 'v2' } });
    expect(written(context)).toEqual(['v2', 'v1']);
    expect(context.vaults.kept(PENDING)[0]?.enabled).toBe(false);
  });

  it.each<{ phase: RotationPhase; runId?: string }>([
    { phase: 'preparing' },
    { phase: 'rollingBack' },
    { phase: 'committed' },
    { phase: 'moving', runId: 'run-2' },
  ])('is not made in the phase $phase of the run $runId', async ({ phase, runId }) => {
    const context = staged();
    context.credential = recordIn(phase, {}, runId);

    expect(await commit(context)).toEqual({ kind: 'notOurs' });
    expect(written(context)).toEqual(['v1']);
    expect(context.vaults.kept(PENDING)[0]?.enabled).toBe(true);
  });
});

describe('a commit over what somebody else did meanwhile', () => {
  it.each<{ label: string; meanwhile(context: ActivityContext): void; found: string }>([
    {
      label: 'writes another value',
      meanwhile: ({ vaults }) =>
        vaults.put(SECRET, 'theirs', { tags: { keyId: 'key-9', airlockRun: 'run-9' } }),
      found: 'version v2, key key-9, written by run run-9',
    },
    {
      label: 'writes a value without a key',
      meanwhile: ({ vaults }) => vaults.put(SECRET, 'theirs'),
      found: 'version v2, key unknown',
    },
    { label: 'deletes the secret', meanwhile: ({ vaults }) => vaults.forget(SECRET), found: 'it is gone' },
    {
      label: 'disables it',
      meanwhile: ({ vaults }) => vaults.put(SECRET, 'off', { enabled: false }),
      found: 'disabled',
    },
  ])('is not made where somebody $label', async ({ meanwhile, found }) => {
    const context = staged();
    context.vaults.calls.before('readVersion', () => meanwhile(context));
    const refused = await commit(context);

    expect(refused).toMatchObject({
      kind: 'refused',
      problem: { code: 'secretOverwritten', message: expect.stringContaining(found) },
    });
    expect(context.vaults.calls.count('create')).toBe(0);
    expect(context.vaults.kept(PENDING)[0]?.enabled).toBe(true);
    expect(JSON.stringify(refused)).not.toMatch(/theirs|staged-value/);
  });

  it('goes on with what another one of this very commit has written', async () => {
    const context = staged();
    context.vaults.calls.before('readVersion', () => {
      context.vaults.put(SECRET, 'staged-value', {
        tags: { keyId: 'KEY-2', airlockRun: RUN },
        expiresOn: END,
      });
    });

    expect(await commit(context)).toMatchObject({ kind: 'committed', version: { secretVersion: 'v2' } });
    expect(context.vaults.calls.count('create')).toBe(0);
  });
});

describe('a commit that the vault lets down', () => {
  it.each(['current', 'readVersion', 'create'] as const)('writes nothing where %s is busy', async (call) => {
    const context = staged();
    context.vaults.calls.faults[call] = 'busy';

    expect(await commit(context)).toMatchObject(RETRY);
    expect(written(context)).toEqual(['v1']);
    expect(context.vaults.kept(PENDING)[0]?.enabled).toBe(true);
  });

  it.each(['readVersion', 'create', 'disable'] as const)('says so where %s is forbidden', async (call) => {
    const context = staged();
    context.vaults.calls.faults[call] = 'forbidden';

    expect(await commit(context)).toMatchObject({ kind: 'refused', problem: { code: 'vaultRoleMissing' } });
  });
});
