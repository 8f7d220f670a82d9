import { FOUND_KEY_TAG, KEY_ID_TAG } from '../../domain/rotation/pending.js';
import { keyUnnoted } from '../../domain/rotation/problems.js';
import type { Steps } from '../../domain/steps/steps.js';
import type { ActivityDeps } from '../deps.js';
import { credentialNamed } from '../held.js';

type Step = Steps['noteKey'];

/**
 * Notes on a version which key it holds, with the key's end where the version has none. Repeated, it writes the same; what
 * a person has noted stays.
 */
export async function noteKey(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const { vaults } = await deps.azure();
  const listed = await vaults.versions(credential.secret);
  if (listed.kind !== 'listed') return listed;
  const info = listed.versions.find(({ version }) => version === input.secretVersion);
  // Gone, or named by a person meanwhile: there is nothing to note.
  if (!info || info.tags[KEY_ID_TAG] !== undefined) return { kind: 'noted' };
  const described = await vaults.describe(credential.secret, info.version, {
    // A vault keeps whole seconds; rounded up, the secret would outlive the key.
    expiresOn: new Date(Math.floor(Date.parse(info.expiresOn ?? input.endsOn) / 1000) * 1000),
    tags: { ...info.tags, [FOUND_KEY_TAG]: input.keyId },
  });
  if (described.kind === 'described') return { kind: 'noted' };
  if (described.kind !== 'refused') return described;
  return { kind: 'refused', problem: keyUnnoted(credential.secret, input, described.problem) };
}
