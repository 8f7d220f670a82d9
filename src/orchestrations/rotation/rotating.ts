import type { Activities, ActivityName } from '../../domain/activities/activities.js';
import type { RotationSettings } from '../../domain/configuration/rotationSettings.js';
import type { Problem } from '../../domain/problems/problem.js';
import type { CredentialAnswer, CredentialOperation } from '../../domain/records/credentialRecord.js';
import type { Rejection } from '../../domain/rotation/credentialState.js';
import type { MintTrace } from '../../domain/rotation/strayKeys.js';
import type { RotationInput } from '../../domain/runs/inputs.js';
import type { RunOutcome } from '../../domain/runs/outcomes.js';
import type { RotationResult } from '../../domain/runs/rotations.js';
import { askAgain } from '../askAgain.js';
import {
  type ClaimStatus,
  callCredentialRecord,
  callWithRetry,
  type RetryOutcome,
  type RunClaim,
} from '../calls.js';
import type { OrchestrationContext } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';
import type { Progress } from '../progress.js';
import { ClaimLost, type CredentialClaim } from './credentialClaim.js';

/** What a rotation leaves alone because nobody can say what it is. */
type LeftAlone = Pick<RotationResult, 'unread' | 'otherHubs'>;

/** One rotation at work: what every step of it leans on. */
export interface Rotating {
  readonly context: OrchestrationContext;
  readonly input: RotationInput;
  readonly progress: Progress;
  readonly runId: string;
  readonly settings: RotationSettings;
  readonly moveOneSeconds: number;
  /** As the labels of its keys name it, see `minterOf`. */
  readonly minter: string;
  /** Version of the secret that everybody read when the run read the vault. */
  readonly secretVersion: string;
  /** Number of the next child, so that every child's id is its own and is the same in every replay. */
  readonly nextChild: () => number;
  /** From the commit on, and on the way back, nobody can stop it. */
  readonly unstoppable: boolean;
  /** What the run did about a key of its own, kept up to date as it goes. */
  readonly minting: { trace: MintTrace };
  /** Resource ids of runtimes that were no good as pilots: in earlier runs, and in this one. */
  readonly passedOver: readonly string[];
  readonly failedPilots: string[];
  /** Version of the secret that is current, as far as the run knows. */
  readonly current: { secretVersion?: string };
  /** What its last look found and what it leaves alone: named in the result, however the run ends. */
  readonly noticed: { leftAlone: LeftAlone };
  /** Ids of the credentials that it has given, or may have given, to runtimes. */
  readonly given: Set<string>;
  /** What a person said no to, kept up to date as it goes. */
  readonly gates: { rejection?: Rejection };
}

/** Why a step could not be done. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly outcome: RunOutcome;
  readonly problem?: Problem;
}

function stopped(outcome: RunOutcome, problem?: Problem): Stopped {
  return { kind: 'stopped', outcome, ...(problem ? { problem } : {}) };
}

export function isStopped(value: unknown): value is Stopped {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'stopped';
}

/** A child's instance id: digits and dashes after the run's own. */
export function childId(run: Pick<Rotating, 'runId' | 'nextChild'>): string {
  return `${run.runId}-${run.nextChild()}`;
}

type Done<N extends ActivityName> = Exclude<
  RetryOutcome<N>,
  { kind: 'refused' } | { kind: 'exhausted' } | { kind: 'stopped' } | { kind: 'notOurs' }
>;

/**
 * Carries out an activity, and again where that is worth it; what did not work comes back as `Stopped`. Throws `ClaimLost` where another run has
 * the credential by now.
 */
export function* carryOut<N extends ActivityName>(
  run: Pick<Rotating, 'context' | 'runId' | 'input' | 'nextChild' | 'unstoppable'>,
  name: N,
  input: Activities[N]['input'],
): Flow<Done<N> | Stopped> {
  const { context, runId, unstoppable } = run;
  // A dry run claims nothing.
  const rotation = run.input.dryRun ? {} : { rotation: { ...credentialClaimOf(run), since: nowMs(context) } };
  const claim: RunClaim = { runId, leased: false, unstoppable, ...rotation };
  const answer = yield* askAgain(
    context,
    ({ kind }) => kind === 'notOurs',
    () => callWithRetry(context, name, input, claim, childId(run)),
  );
  switch (answer.kind) {
    case 'refused':
      return stopped('refused', (answer as { problem: Problem }).problem);
    case 'exhausted':
      return stopped('interrupted', (answer as { problem: Problem }).problem);
    case 'stopped':
      if ((answer as { claimStatus: ClaimStatus }).claimStatus === 'lost') throw new ClaimLost();
      return stopped('cancelled');
    case 'notOurs':
      return stopped('interrupted');
    default:
      return answer as unknown as Done<N>;
  }
}

/** Calls the record of the run's credential. */
export function* callCredential<K extends CredentialAnswer['kind']>(
  run: Pick<Rotating, 'context' | 'input'>,
  operation: CredentialOperation,
): Flow<Extract<CredentialAnswer, { kind: K }>> {
  return yield* callCredentialRecord<K>(run.context, run.input.recordKey, operation);
}

/** The claim of this run. */
export function credentialClaimOf({ runId, input }: Pick<Rotating, 'runId' | 'input'>): CredentialClaim {
  return { runId, recordKey: input.recordKey };
}
