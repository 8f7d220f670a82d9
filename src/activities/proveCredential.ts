import type { Credential, SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Steps } from '../domain/steps/steps.js';
import type { Azure } from './azure.js';
import type { ActivityDeps } from './deps.js';
import { type HeldCredential, holdCredential, profileNamed } from './held.js';

type Step = Steps['proveCredential'];

/** Proves a credential that nothing is written with now: the runtime has it. */
export async function proveCredential(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const held = await holdCredential(azure, profile.credential, input.credential);
  if (held.kind !== 'held') return held;
  return proveHeld(azure, profile.credential, held, input.canary);
}

/**
 * Asks Entra for a token with the credential's own secret and reads the canary with it, as the back end will. Without a
 * canary the token is the proof.
 */
export function proveHeld(
  azure: Azure,
  { tenantId, clientId }: Credential,
  { value }: HeldCredential,
  canary: SecretReference | undefined,
): Promise<{ readonly kind: 'proven' } | CallFailure> {
  return azure.entra.proveClientSecret({
    tenantId,
    clientId,
    secret: value,
    ...(canary ? { read: canary } : {}),
  });
}
