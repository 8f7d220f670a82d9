import type { ProofKind } from '../proof.js';

/** The check DAG answers a challenge with what it reads: the proof of the vault itself. */
export const CHALLENGE: ProofKind = {
  name: 'challenge',
  conf: ({ canary }, nonce) => (canary === undefined ? {} : { variable: canary, nonce }),
  judge: async (run, sources) => (await import('./judge.js')).judge(run, sources),
};
