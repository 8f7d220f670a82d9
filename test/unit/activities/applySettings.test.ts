import { describe, expect, it } from 'vitest';
import { applySettings } from '../../../src/activities/applySettings.js';
import type { CredentialVersion } from '../../../src/domain/values/credentialVersion.js';
import { CREDENTIAL, ENABLED } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import { memoryId } from '../doubles/memoryRuntimes.js';

const ETL = memoryId('attic', 'etl');
const LEASE = { owner: 'run-1', pass: 1, until: NOW + 60_000 };

/** A context in which the run holds the lease. */
function leased(profile?: ConstructorParameters<typeof ActivityContext>[0]): ActivityContext {
  const context = new ActivityContext(profile);
  context.remember(ETL, { lease: LEASE });
  return context;
}

const INPUT = { runtime: ETL, profile: 'attic', runId: 'run-1', pass: 1, seen: {}, given: false, now: NOW };

const apply = (context: ActivityContext, credential: CredentialVersion = CREDENTIAL, given = false) =>
  applySettings({ ...INPUT, credential, given }, context.deps, context.durable);

describe('a write of settings', () => {
  it('puts them in and keeps what is there', async () => {
    const context = leased();
    const kept = context.runtimes.put(ETL, {
      settings: { environment: { TEAM: 'sales', COUNT: 7 }, requirements: ['pandas'] },
    });

    expect(await apply(context)).toMatchObject({ kind: 'written', plan: { changes: true } });
    expect(kept.settings.environment).toMatchObject({ TEAM: 'sales', COUNT: 7, ...ENABLED });
    expect(kept.settings.requirements).toEqual(['pandas', expect.stringContaining('microsoft-azure')]);
  });

  it('is not made where nothing changes', async () => {
    const context = leased();
    context.runtimes.put(ETL);
    await apply(context);

    expect(await apply(context)).toMatchObject({ kind: 'unchanged' });
    expect(context.runtimes.calls.filter((call) => call.startsWith('apply'))).toHaveLength(1);
  });

  it('makes the canary that its proof reads, and leaves one that is there', async () => {
    const context = leased();
    context.runtimes.put(ETL);
    const canary = { vault: 'https://attic.vault.azure.net', name: 'a-new-canary' };
    const write = () =>
      applySettings({ ...INPUT, credential: CREDENTIAL, canary }, context.deps, context.durable);

    expect(await write()).toMatchObject({ kind: 'written', canaryMade: true });
    expect(await write()).toMatchObject({ kind: 'unchanged', canaryMade: false });
    expect(await context.vaults.current(canary)).toMatchObject({ kind: 'found' });
  });

  it('tells what is to be waited for where the service takes its time', async () => {
    const context = leased();
    context.runtimes.put(ETL);
    context.runtimes.faults.writesTake = 3;

    expect(await apply(context)).toMatchObject({ kind: 'written', operation: 'operation-1' });
  });

  it('says so where somebody else has written, or the runtime is gone', async () => {
    const context = leased();
    expect(await apply(context)).toEqual({ kind: 'missing' });
    context.runtimes.put(ETL);
    context.runtimes.faults.othersWrite = 1;

    expect(await apply(context)).toEqual({ kind: 'changedMeanwhile' });
    expect(await apply(context)).toMatchObject({ kind: 'written' });
  });

  it('is not made without the lease, nor with a credential that Entra refuses', async () => {
    const context = new ActivityContext();
    context.runtimes.put(ETL);
    expect(await apply(context)).toEqual({ kind: 'leaseLost' });
    context.remember(ETL, { lease: LEASE });
    context.isAccepted = false;

    expect(await apply(context)).toMatchObject({
      kind: 'unproven',
      problem: { code: 'clientSecretRefused' },
    });
    expect(context.runtimes.calls).toEqual(['read attic/etl', 'read attic/etl']);
  });

  it('gives way to a newer version, and to settings of somebody else', async () => {
    const context = leased();
    const kept = context.runtimes.put(ETL);
    context.secrets = [...context.secrets, { value: 'newer', version: 'v2', keyId: 'key-2' }];
    expect(await apply(context)).toMatchObject({ kind: 'outdated', newer: { credentialId: 'key-2' } });
    kept.settings = { environment: { AIRFLOW__SECRETS__BACKEND: 'somebody.Else' } };

    expect(await apply(context)).toMatchObject({ kind: 'conflict' });
  });

  it('is not made under a profile that only observes', async () => {
    const context = leased({ mode: 'observe' });
    context.runtimes.put(ETL);

    expect(await apply(context)).toMatchObject({ kind: 'refused', problem: { code: 'observedOnly' } });
  });
});
