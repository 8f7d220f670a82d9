import type { Activities } from '../domain/activities/activities.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['ensureCanary'];

const TAGS = { purpose: 'airlock-canary' };

/**
 * Makes the canary, with a random value, where the vault has none. One that is there is never changed; one of the app's own
 * that somebody deleted is recovered where the app may.
 */
export async function ensureCanary(
  { canary }: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const { vaults } = await deps.azure();
  const current = await vaults.current(canary);
  if (current.kind === 'found') return { kind: 'ready', version: current.version, made: false };
  if (current.kind !== 'missing') return current;
  const made = await vaults.create(canary, new Secret(deps.randomHex(32)), {
    contentType: 'text/plain',
    tags: TAGS,
  });
  if (made.kind === 'created') return { kind: 'ready', version: made.version, made: true };
  return made.kind === 'refused' && made.problem.code === 'secretDeleted'
    ? recovered(vaults, canary, made)
    : made;
}

async function recovered(
  vaults: Azure['vaults'],
  canary: SecretReference,
  refusal: CallFailure,
): Promise<CallFailure> {
  const recovery = await vaults.recover(canary, TAGS);
  if (recovery.kind === 'recovering') {
    return { kind: 'retry', message: `the deleted canary ${canary.name} is being recovered` };
  }
  // Not the app's, or the app may not: somebody else has to.
  return recovery.kind === 'retry' ? recovery : refusal;
}
