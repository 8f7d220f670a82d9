import type { Activities } from '../domain/activities/activities.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['makeNonce'];

const NONCE_BYTES = 16;

/** Fresh chance for one challenge; its record in the history is what makes it the run's own. */
export async function makeNonce(_input: Activity['input'], deps: ActivityDeps): Promise<Activity['output']> {
  return { kind: 'made', nonce: deps.randomHex(NONCE_BYTES) };
}
