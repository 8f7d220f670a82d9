import { describe, expect, it } from 'vitest';
import { proveCredential } from '../../../src/activities/proveCredential.js';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import type { CredentialVersion } from '../../../src/domain/values/credentialVersion.js';
import { CREDENTIAL } from '../domain/settings/bodies.js';
import { ActivityContext, OF_ATTIC } from '../doubles/activityContext.js';
import { RETRY } from '../doubles/calls.js';

const CANARY = profileCanary(OF_ATTIC) ?? expect.fail('the profile has a canary');
const prove = (
  context: ActivityContext,
  { credential = CREDENTIAL, ...more }: { credential?: CredentialVersion; canary?: typeof CANARY } = {
    canary: CANARY,
  },
) => proveCredential({ profile: 'attic', credential, ...more }, context.deps);

describe('the proof of a credential', () => {
  it('is a token, and the canary read with it', async () => {
    const context = new ActivityContext();

    expect(await prove(context)).toEqual({ kind: 'proven' });
    expect(context.entra.calls.made).toEqual([`proveClientSecret reads ${CANARY.name}`]);
    expect(await prove(context)).toEqual({ kind: 'proven' });
  });

  it('is the token where there is no canary', async () => {
    const context = new ActivityContext();

    expect(await prove(context, {})).toEqual({ kind: 'proven' });
    expect(context.entra.calls.made).toEqual(['proveClientSecret takes a token']);
  });

  it('is of the version that the runtime has, not of the current one', async () => {
    const context = new ActivityContext();
    context.vaults.put(OF_ATTIC.credential.secret, 'not in the directory', { tags: { keyId: 'key-2' } });

    expect(await prove(context)).toEqual({ kind: 'proven' });
    const credential = { ...CREDENTIAL, credentialId: 'key-2', secretVersion: 'v2' };
    expect(await prove(context, { credential })).toMatchObject({
      kind: 'refused',
      problem: { code: 'clientSecretRefused' },
    });
  });

  it.each<{ label: string; prepare(context: ActivityContext): void; code: string }>([
    {
      label: 'the vault does not let it in',
      prepare: ({ entra }) => entra.closedVaults.add(CANARY.vault),
      code: 'vaultRoleMissing',
    },
    { label: 'there is no canary', prepare: ({ vaults }) => vaults.forget(CANARY), code: 'secretMissing' },
    {
      label: 'its version is closed',
      prepare: ({ vaults }) => vaults.disable(OF_ATTIC.credential.secret, 'v1'),
      code: 'secretDisabled',
    },
    {
      label: 'its version is gone',
      prepare: ({ vaults }) => vaults.forget(OF_ATTIC.credential.secret),
      code: 'credentialMissing',
    },
    { label: 'the profile is gone', prepare: (context) => (context.profiles = []), code: 'profileGone' },
  ])('fails where $label: $code', async ({ prepare, code }) => {
    const context = new ActivityContext();
    prepare(context);
    const refused = await prove(context);

    expect(refused).toMatchObject({ kind: 'refused', problem: { code } });
    expect(JSON.stringify(refused)).not.toContain('held-secret');
  });

  it('is to be made again where the vault or Entra is busy', async () => {
    const context = new ActivityContext();
    context.entra.calls.faults.proveClientSecret = 'busy';
    expect(await prove(context)).toMatchObject(RETRY);
    context.vaults.calls.faults.readVersion = 'busy';

    expect(await prove(context)).toMatchObject(RETRY);
  });
});
