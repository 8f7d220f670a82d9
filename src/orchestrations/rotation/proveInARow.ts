import type { Problem } from '../../domain/problems/problem.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { LEASE_MS, PROVE_AGAIN_MS } from '../../domain/values/timing.js';
import { callActivity, type RunClaim, renewClaim } from '../calls.js';
import { inputOf, type OrchestrationContext } from '../durable.js';
import { type Flow, nowMs, pause } from '../flow.js';
import { poll, type Round } from '../poll.js';

/** A directory that does not know a key everywhere accepts it and refuses it in the next moment. */
const IN_A_ROW = 3;
const ROUNDS_AN_EXECUTION = 4;

export interface ProveInput {
  readonly runId: string;
  readonly credential: string;
  readonly version: CredentialVersion;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly accepted: number;
  readonly tries: number;
  readonly unstoppable: boolean;
  /** Whose claim is renewed meanwhile. */
  readonly rotation: NonNullable<RunClaim['rotation']>;
}

export type ProveResult =
  | { readonly kind: 'proven'; readonly tries: number }
  | { readonly kind: 'unproven'; readonly why: string; readonly problem?: Problem }
  | { readonly kind: 'cancelled' }
  /** Another run works on the credential by now. */
  | { readonly kind: 'lost' };

/** Tries a credential until it is accepted several times in a row, or the deadline has passed. */
export function proveInARow(context: OrchestrationContext): Flow<ProveResult | undefined> {
  return poll(context, ROUNDS_AN_EXECUTION, inputOf<ProveInput>(context), (state) => tryOnce(context, state));
}

function* tryOnce(context: OrchestrationContext, state: ProveInput): Flow<Round<ProveInput, ProveResult>> {
  const { runId, unstoppable, rotation } = state;
  const claimStatus = yield* renewClaim(context, { runId, leased: false, unstoppable, rotation }, LEASE_MS);
  if (claimStatus !== 'held') return { result: { kind: claimStatus } };
  const { credential, version } = state;
  const answer = yield* callActivity(context, 'proveVersion', { credential, version });
  const accepted = answer.kind === 'proven' ? state.accepted + 1 : 0;
  const tries = state.tries + 1;
  if (accepted >= IN_A_ROW) return { result: { kind: 'proven', tries } };
  if (nowMs(context) >= state.deadline && answer.kind !== 'proven') {
    return answer.kind === 'refused'
      ? { result: { kind: 'unproven', why: answer.problem.message, problem: answer.problem } }
      : { result: { kind: 'unproven', why: answer.message } };
  }
  yield* pause(context, PROVE_AGAIN_MS);
  return { state: { ...state, accepted, tries } };
}
