import { Secret } from '../domain/secret.js';
import type { Steps } from '../domain/steps.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['ensureCanary'];

/** Makes the canary, with a random value, where the vault has none. One that is there is never changed. */
export async function ensureCanary({ canary }: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const { vaults } = await deps.azure();
  const current = await vaults.current(canary);
  if (current.kind === 'found') return { kind: 'ready', version: current.version, made: false };
  if (current.kind !== 'missing') return current;
  const made = await vaults.create(canary, new Secret(deps.randomHex(32)), {
    contentType: 'text/plain',
    tags: { purpose: 'airlock-canary' },
  });
  return made.kind === 'created' ? { kind: 'ready', version: made.version, made: true } : made;
}
