import { describe, expect, it } from 'vitest';
import { ensureCanary } from '../../../src/activities/ensureCanary.js';
import { ActivityContext } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';

const CANARY = { vault: 'https://contoso-airflow.vault.azure.net', name: 'airflow-variables-canary' };
const TAGS = { purpose: 'airlock-canary' };

const ensure = (context: ActivityContext) => ensureCanary({ canary: CANARY }, context.deps);
const kept = ({ vaults }: ActivityContext) => vaults.kept(CANARY);

describe('a canary', () => {
  it('is made with a random value where there is none, and shown to nobody', async () => {
    const context = new ActivityContext();
    const ready = await ensure(context);

    expect(ready).toEqual({ kind: 'ready', version: 'v1', made: true });
    expect(kept(context)).toMatchObject([{ value: expect.stringMatching(/^[0-9a-f]{64}$/), tags: TAGS }]);
    expect(JSON.stringify(ready)).not.toContain(kept(context)[0]?.value);
  });

  it('is made once', async () => {
    const context = new ActivityContext();
    await ensure(context);

    expect(await ensure(context)).toEqual({ kind: 'ready', version: 'v1', made: false });
    expect(kept(context)).toHaveLength(1);
  });

  it('of somebody else stays as it is', async () => {
    const context = new ActivityContext();
    context.vaults.put(CANARY, 'theirs');

    expect(await ensure(context)).toEqual({ kind: 'ready', version: 'v1', made: false });
    expect(kept(context)).toMatchObject([{ value: 'theirs', tags: {} }]);
  });

  it('is found where the answer of its making was lost', async () => {
    const context = new ActivityContext();
    context.vaults.calls.faults.create = 'lost';
    expect(await ensure(context)).toMatchObject({ kind: 'retry' });
    delete context.vaults.calls.faults.create;

    expect(await ensure(context)).toEqual({ kind: 'ready', version: 'v1', made: false });
  });
});

describe('a canary that somebody deleted', () => {
  it("is recovered where it is the app's own", async () => {
    const context = new ActivityContext();
    await ensure(context);
    const [before] = kept(context);
    context.vaults.delete(CANARY);

    expect(await ensure(context)).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('being recovered'),
    });
    expect(await ensure(context)).toEqual({ kind: 'ready', version: 'v1', made: false });
    expect(kept(context)).toEqual([before]);
  });

  it.each<{ label: string; tags: Record<string, string>; fault?: 'forbidden' }>([
    { label: "is not the app's own", tags: { purpose: 'another' } },
    { label: 'the app may not recover', tags: TAGS, fault: 'forbidden' },
  ])('stays deleted where it $label, and the answer says what to do', async ({ tags, fault }) => {
    const context = new ActivityContext();
    context.vaults.put(CANARY, 'theirs', { tags });
    context.vaults.delete(CANARY);
    if (fault) context.vaults.calls.faults.recover = fault;

    expect(await ensure(context)).toMatchObject({
      kind: 'refused',
      problem: { code: 'secretDeleted', remedy: expect.stringContaining('az keyvault secret recover') },
    });
    expect(kept(context)).toEqual([]);
  });
});

describe('a canary that the vault does not give', () => {
  it.each(['current', 'create'] as const)('is to be asked for again where %s is busy', async (call) => {
    const context = new ActivityContext();
    context.vaults.calls.faults[call] = 'busy';

    expect(await ensure(context)).toMatchObject(RETRY);
  });

  it.each(['current', 'create'] as const)('is a refusal where %s is forbidden', async (call) => {
    const context = new ActivityContext();
    context.vaults.calls.faults[call] = 'forbidden';

    expect(await ensure(context)).toMatchObject({ kind: 'refused', problem: { code: 'vaultRoleMissing' } });
    expect(kept(context)).toEqual([]);
  });

  it('is a refusal where the newest version is disabled', async () => {
    const context = new ActivityContext();
    context.vaults.put(CANARY, 'off', { enabled: false });

    expect(await ensure(context)).toMatchObject({ kind: 'refused', problem: { code: 'secretDisabled' } });
    expect(kept(context)).toHaveLength(1);
  });
});
