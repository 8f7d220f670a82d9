import type { Activities } from '../../domain/activities/activities.js';
import type { SecretReference } from '../../domain/configuration/credential.js';
import { profileCanary } from '../../domain/proof/profileCanary.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps } from '../deps.js';
import { readCredential } from '../readCredential.js';

type Activity = Activities['proveVersion'];

/** Asks Entra with the version's value and reads the canary of each vault that profiles read with the credential. */
export async function proveVersion(
  input: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const read = await readCredential(azure, credential, input.version);
  if (read.kind !== 'read') return read;
  const canaries = new Map<string, SecretReference>();
  for (const profile of configuration.profiles) {
    const canary = profile.credential.name === credential.name ? profileCanary(profile) : undefined;
    if (canary) canaries.set(`${canary.vault}/${canary.name}`, canary);
  }
  const proof = { tenantId: credential.tenantId, clientId: credential.clientId, secret: read.value };
  for (const read of canaries.size > 0 ? canaries.values() : [undefined]) {
    const proven = await azure.entra.proveClientSecret({ ...proof, ...(read ? { read } : {}) });
    // Who may not read a vault gets a 403; where no runtime has been enabled yet there is no canary to find.
    const letIn = proven.kind === 'refused' && proven.problem.code === 'secretMissing';
    if (proven.kind !== 'proven' && !letIn) return proven;
  }
  return { kind: 'proven' };
}
