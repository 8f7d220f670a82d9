import type { Activities } from '../../domain/activities/activities.js';
import { FOUND_KEY_TAG, KEY_ID_TAG } from '../../domain/rotation/pending.js';
import { keyUnnoted } from '../../domain/rotation/problems.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps } from '../deps.js';

type Activity = Activities['tagVersion'];

/**
 * Tags a version with the key that it holds, with the key's end where the version has none. Repeated, it writes the same; what
 * a person has noted stays.
 */
export async function tagVersion(input: Activity['input'], deps: ActivityDeps): Promise<Activity['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const { vaults } = await deps.azure();
  const listed = await vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return listed;
  const info = listed.versions.find(({ version }) => version === input.secretVersion);
  // Gone, or named by a person meanwhile: there is nothing to note.
  if (!info || info.tags[KEY_ID_TAG] !== undefined) return { kind: 'tagged' };
  const described = await vaults.describe(credential.secret, info.version, {
    // A vault keeps whole seconds; rounded up, the secret would outlive the key.
    expiresOn: new Date(Math.floor(Date.parse(info.expiresOn ?? input.endsOn) / 1000) * 1000),
    tags: { ...info.tags, [FOUND_KEY_TAG]: input.keyId },
  });
  if (described.kind === 'described') return { kind: 'tagged' };
  if (described.kind !== 'refused') return described;
  return { kind: 'refused', problem: keyUnnoted(credential.secret, input, described.problem) };
}
