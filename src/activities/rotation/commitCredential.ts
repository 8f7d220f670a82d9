import { KEY_ID_TAG, pendingSecret, RUN_TAG } from '../../domain/rotation/pending.js';
import { sameId } from '../../domain/sameId.js';
import type { Steps } from '../../domain/steps.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { credentialNamed, holdCredential, isStillIn } from '../held.js';

type Step = Steps['commitCredential'];

/**
 * The commit: a new version of the secret that everybody reads. Repeated, it finds the version by its key id; two at once
 * write two versions of the same key, which is harmless. Only then is the pending secret closed, so that a crash between
 * the two leaves nothing unreadable.
 */
export async function commitCredential(
  input: Step['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Step['output']> {
  const credential = credentialNamed(await deps.configuration(), input.credential);
  if ('kind' in credential) return credential;
  const azure = await deps.azure();
  const { credentialId, secretVersion } = input.version;

  const current = await holdCredential(azure, credential);
  if (current.kind === 'retry') return current;
  let committed =
    current.kind === 'held' && sameId(current.version.credentialId, credentialId)
      ? current.version
      : undefined;
  if (!committed) {
    const staged = await holdCredential(azure, credential, input.version);
    if (staged.kind !== 'held') return staged;
    if (!(await isStillIn('moving', durable, credential, input.runId))) return { kind: 'notOurs' };
    const { expiresOn } = staged.version;
    const created = await azure.vaults.create(credential.secret, staged.value, {
      contentType: 'text/plain',
      tags: { [KEY_ID_TAG]: credentialId, [RUN_TAG]: input.runId },
      ...(expiresOn ? { expiresOn: new Date(expiresOn) } : {}),
    });
    if (created.kind !== 'created') return created;
    const { staged: _, ...version } = staged.version;
    committed = { ...version, secretVersion: created.version };
  }
  const closed = await azure.vaults.disable(pendingSecret(credential), secretVersion);
  return closed.kind === 'disabled' ? { kind: 'committed', version: committed } : closed;
}
