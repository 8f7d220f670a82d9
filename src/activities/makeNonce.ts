import type { Steps } from '../domain/steps/steps.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['makeNonce'];

const NONCE_BYTES = 16;

/** Fresh chance for one challenge; its record in the history is what makes it the run's own. */
export async function makeNonce(_input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  return { kind: 'made', nonce: deps.randomHex(NONCE_BYTES) };
}
