import { describe, expect, it } from 'vitest';
import { proveVersion } from '../../../../src/activities/rotation/proveVersion.js';
import { profileCanary } from '../../../../src/domain/proof/profileCanary.js';
import type { CredentialVersion } from '../../../../src/domain/values/credentialVersion.js';
import { ActivityContext, OF_ATTIC } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { CLIENT, PENDING, SECRET, TENANT } from './rotating.js';

const version = (credentialId: string, more: Partial<CredentialVersion> = {}): CredentialVersion => ({
  clientId: CLIENT,
  tenantId: TENANT,
  credentialId,
  secretVersion: 'v1',
  ...more,
});
const STAGED = version('key-2', { staged: true });

/** A context with a staged credential, which Entra takes. */
function staged(): ActivityContext {
  const context = new ActivityContext();
  context.graph.put(CLIENT, 'key-2', 'staged-value');
  context.vaults.put(PENDING, 'staged-value', { tags: { keyId: 'key-2' } });
  return context;
}

const prove = (context: ActivityContext, which = STAGED) =>
  proveVersion({ credential: 'reader', version: which }, context.deps);

describe('the proof of a version', () => {
  it('asks Entra with its value and reads the canary of each vault of its profiles, once each', async () => {
    const context = staged();
    const other = { ...OF_ATTIC, vault: 'https://other.vault.azure.net' };
    context.profiles = [OF_ATTIC, { ...OF_ATTIC, name: 'same' }, { ...other, name: 'other' }];
    const proven = await prove(context);

    expect(proven).toEqual({ kind: 'proven' });
    expect(context.entra.calls.made).toHaveLength(2);
    expect(await prove(context)).toEqual(proven);
  });

  it('is of the value of that version, not of the current one', async () => {
    const context = staged();
    context.secrets = [...context.secrets, { value: 'newer-value', version: 'v2', keyId: 'key-3' }];
    context.graph.application(CLIENT).keys.splice(0, 1);

    expect(await prove(context, version('key-3', { secretVersion: 'v2' }))).toEqual({ kind: 'proven' });
    expect(await prove(context, version('key-1'))).toMatchObject({
      kind: 'refused',
      problem: { code: 'clientSecretRefused' },
    });
  });

  it('is a token alone where no profile needs a canary', async () => {
    const context = staged();
    const access = { ...OF_ATTIC.access, proof: { kind: 'dag' as const, dagId: 'own' } };
    context.profiles = [{ ...OF_ATTIC, access }];
    context.entra.closedVaults.add(OF_ATTIC.vault);

    expect(await prove(context)).toEqual({ kind: 'proven' });
    expect(context.entra.calls.made).toEqual(['proveClientSecret takes a token']);
  });

  it('holds where there is no canary yet: the vault has let it in', async () => {
    const context = staged();
    const canary = profileCanary(OF_ATTIC);
    if (canary) context.vaults.forget(canary);

    expect(await prove(context)).toEqual({ kind: 'proven' });
    expect(context.entra.calls.made).toEqual([`proveClientSecret reads ${canary?.name}`]);
  });

  it('takes the committed version where the staged one was closed by the commit', async () => {
    const context = staged();
    await context.vaults.disable(PENDING, 'v1');
    expect(await prove(context)).toMatchObject({ kind: 'refused', problem: { code: 'secretDisabled' } });
    context.secrets = [...context.secrets, { value: 'staged-value', version: 'v2', keyId: 'key-2' }];

    expect(await prove(context)).toEqual({ kind: 'proven' });
  });
});

describe('a version that is not proven', () => {
  it.each<{ label: string; prepare(context: ActivityContext): void; code: string }>([
    {
      label: 'a vault does not let it in',
      prepare: ({ entra }) => entra.closedVaults.add(OF_ATTIC.vault),
      code: 'vaultRoleMissing',
    },
    {
      label: 'Entra refuses its value',
      prepare: (context) => (context.isAccepted = false),
      code: 'clientSecretRefused',
    },
    {
      label: 'the value is gone',
      prepare: ({ vaults }) => vaults.forget(PENDING),
      code: 'credentialMissing',
    },
    { label: 'nobody configures it', prepare: (context) => (context.profiles = []), code: 'credentialGone' },
  ])('says $code where $label', async ({ prepare, code }) => {
    const context = staged();
    prepare(context);
    const refused = await prove(context);

    expect(refused).toMatchObject({ kind: 'refused', problem: { code } });
    expect(JSON.stringify(refused)).not.toContain('staged-value');
  });

  it('is to be asked about again where Entra or the vault is busy', async () => {
    const context = staged();
    context.entra.calls.faults.proveClientSecret = 'busy';
    expect(await prove(context)).toMatchObject(RETRY);
    context.vaults.calls.faults.readVersion = 'busy';

    expect(await prove(context)).toMatchObject(RETRY);
    expect(context.entra.calls.made).toHaveLength(1);
    expect(context.vaults.kept(SECRET)).toHaveLength(1);
  });
});
