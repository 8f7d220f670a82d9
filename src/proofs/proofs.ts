/** The kinds of proof that there are: nothing else names one. */

import { CHALLENGE } from './challenge/challenge.js';
import { DAG } from './dag/dag.js';
import { ProofKinds } from './proof.js';

export const PROOFS = new ProofKinds([CHALLENGE, DAG]);
