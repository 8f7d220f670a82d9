import type { Problem } from '../../domain/problems/problem.js';
import type { KeyIssuer } from '../issuer.js';
import type { Directories } from '../strategy.js';
import { applicationRows } from './applicationRows.js';

/** Where a policy forbids what this strategy does, another one is the other way out. */
function orWithoutMinting(problem: Problem): Problem {
  if (problem.code !== 'credentialPolicy') return problem;
  return {
    ...problem,
    remedy: `${problem.remedy} Or set rotation.strategy: external for the credential and write each next version of its secret by the way that the policy allows.`,
  };
}

/** The client secrets of the credential's application. */
export function applicationKeys(to: Directories): KeyIssuer {
  const { graph } = to;
  return {
    list: ({ clientId }) => graph.keys(clientId),
    mint: async ({ clientId }, key) => {
      const minted = await graph.addKey(clientId, key);
      return minted.kind === 'refused' ? { ...minted, problem: orWithoutMinting(minted.problem) } : minted;
    },
    remove: ({ clientId }, keyId) => graph.removeKey(clientId, keyId),
    needs: (credentials, looker) => applicationRows(credentials, looker, to),
  };
}
