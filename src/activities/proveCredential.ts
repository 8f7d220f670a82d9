import type { Steps } from '../domain/steps.js';
import type { ActivityDeps } from './deps.js';
import { holdCredential, profileNamed } from './held.js';

type Step = Steps['proveCredential'];

/** Asks Entra for a token with the credential's own secret and reads the canary with it, as the back end will. */
export async function proveCredential(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const held = await holdCredential(azure, profile.credential, input.credential);
  if (held.kind !== 'held') return held;
  const { tenantId, clientId } = profile.credential;
  const proven = await azure.entra.proveClientSecret({
    tenantId,
    clientId,
    secret: held.value,
    ...(input.canary ? { read: input.canary } : {}),
  });
  return proven.kind === 'proven' ? { kind: 'proven' } : proven;
}
