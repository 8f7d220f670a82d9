import type { Activities } from '../../domain/activities/activities.js';
import { isObserved } from '../../domain/configuration/profile.js';
import { credentialRecordKey } from '../../domain/rotation/credentialState.js';
import type { ActivityDeps } from '../deps.js';

/** The names of profiles and credentials: an orchestration cannot read the configuration itself. */
export async function listConfigured(
  _input: Activities['listConfigured']['input'],
  deps: ActivityDeps,
): Promise<Activities['listConfigured']['output']> {
  const configuration = await deps.configuration();
  const { profiles, credentials } = configuration;
  return {
    kind: 'listed',
    profiles: profiles.map(({ name }) => name),
    credentials: credentials.map((credential) => ({
      name: credential.name,
      recordKey: credentialRecordKey(credential),
      ...(isObserved(configuration, credential) ? { observed: true as const } : {}),
    })),
  };
}
