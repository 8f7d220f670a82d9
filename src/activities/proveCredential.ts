import type { Activities } from '../domain/activities/activities.js';
import type { Credential, SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Azure } from './azure.js';
import { profileNamed } from './configured.js';
import type { ActivityDeps } from './deps.js';
import { type CredentialWithValue, readCredential } from './readCredential.js';

type Activity = Activities['proveCredential'];

/** Proves a credential that nothing is written with now: the runtime has it. */
export async function proveCredential(
  input: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const read = await readCredential(azure, profile.credential, input.credential);
  if (read.kind !== 'read') return read;
  return proveValue(azure, profile.credential, read, input.canary);
}

/**
 * Asks Entra for a token with the credential's own secret and reads the canary with it, as the back end will. Without a
 * canary the token is the proof.
 */
export function proveValue(
  azure: Azure,
  { tenantId, clientId }: Credential,
  { value }: CredentialWithValue,
  canary: SecretReference | undefined,
): Promise<{ readonly kind: 'proven' } | CallFailure> {
  return azure.entra.proveClientSecret({
    tenantId,
    clientId,
    secret: value,
    ...(canary ? { read: canary } : {}),
  });
}
