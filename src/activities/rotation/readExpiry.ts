import type { Activities } from '../../domain/activities/activities.js';
import { lateFrom } from '../../domain/rotation/lateness.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps } from '../deps.js';

type Activity = Activities['readExpiry'];

/** When the version that everybody reads ends, by the vault's word alone: the directory may be away. Writes nothing. */
export async function readExpiry(
  { credential: name, now }: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const credential = credentialNamed(await deps.configuration(), name);
  if ('kind' in credential) return credential;
  const listed = await (await deps.azure()).vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return listed;
  const expiresOn = listed.versions.find(({ enabled }) => enabled)?.expiresOn;
  if (expiresOn === undefined) return { kind: 'read', late: false };
  return {
    kind: 'read',
    expiresOn,
    late: now >= lateFrom(expiresOn, credential.rotation.rotateBeforeSeconds),
  };
}
