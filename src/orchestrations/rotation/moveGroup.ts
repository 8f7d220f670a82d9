import { startDelayMs } from '../../domain/rotation/pacing.js';
import { outlives } from '../../domain/rotation/task.js';
import { HOST_ENDED } from '../../domain/runs/hostEnded.js';
import type { Move, RuntimeRunInput } from '../../domain/runs/inputs.js';
import { memberRunId } from '../../domain/runs/instanceIds.js';
import type { Straggler } from '../../domain/runs/rotations.js';
import { COMPLETE, hasWhatItWasGiven, ORCHESTRATIONS, type RunResult } from '../../domain/runs/runs.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { memberOf, type Pace, type RuntimeBatch, restOf } from '../../domain/values/runtimeBatch.js';
import { canonicalRuntimeId, formatRuntimeId, type RuntimeId } from '../../domain/values/runtimeId.js';
import { sameId } from '../../domain/values/sameId.js';
import { callWithRetry, type RunClaim } from '../calls.js';
import { callMembers, type Member, runResultOf } from '../children.js';
import { inputOf, instanceIdOf, type OrchestrationContext } from '../durable.js';
import { type Flow, isoNow, nowMs, pauseUntil } from '../flow.js';
import { tryRenewCredentialClaim } from './credentialClaim.js';

export interface MoveGroupInput {
  readonly runId: string;
  readonly credential: string;
  readonly batch: RuntimeBatch;
  /** Names of the runtimes in their batch. Given, not listed: started again, the group works on the same. */
  readonly names: readonly string[];
  readonly move: Move;
  /** What a runtime gets back that fails, unless that would not live through the return. */
  readonly back?: { readonly to: CredentialVersion; readonly withinSeconds: number };
  /** When the first may start, and the place of the group in its budget. Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly place: number;
  readonly pace: Pace;
}

export interface MoveGroupResult {
  readonly moved: number;
  readonly failed: number;
  /** How many of those that failed have what they were given, but do not prove access with it. */
  readonly unproven: number;
  /** How many of those that failed have their old credential again. */
  readonly wentBack: number;
  /** How many of those that failed were not proven before. */
  readonly brokenBefore: number;
  /** Those that failed, at most 20. */
  readonly stragglers: readonly Straggler[];
  /** Set where nobody can tell how its runtimes fared. */
  readonly untold?: string;
}

const SHOWN = 20;

/**
 * One group of a fleet: runs on each of its runtimes, side by side. May be started again at any moment: the runs have ids
 * of their runtimes, those that have ended answer with their end, and who has the new credential is read, not remembered.
 */
export function* moveGroup(context: OrchestrationContext): Flow<MoveGroupResult> {
  const input = inputOf<MoveGroupInput>(context);
  const runtimes = input.names.map((name) => memberOf(input.batch, name));
  // All of a group start at once: it waits until the budget has room for the last of them.
  yield* pauseUntil(context, input.startedAt + startDelayMs(input.pace, input.place + runtimes.length - 1));
  const members = runtimes.map(
    (runtime): Member => ({
      id: memberRunId(instanceIdOf(context), runtime),
      input: moveInput(context, input.runId, runtime, input.move),
    }),
  );
  const ended = yield* runResults(context, runtimes, members);
  const failed = runtimes.filter((_, index) => !isSettled(ended[index]));
  const results = ended.filter((one) => !isSettled(one));
  return {
    moved: ended.length - failed.length,
    failed: failed.length,
    unproven: results.filter(hasWhatItWasGiven).length,
    wentBack: yield* sendBack(context, input, failed),
    brokenBefore: results.filter(({ unproven }) => unproven).length,
    stragglers: results.slice(0, SHOWN).map(({ runtime, outcome, problem }) => ({
      runtime,
      outcome,
      ...(problem ? { code: problem.code } : {}),
    })),
  };
}

function isSettled(ended: RunResult | undefined): boolean {
  return ended !== undefined && COMPLETE.has(ended.outcome);
}

/**
 * Whatever becomes of the whole rotation, those that failed do not keep what they failed with: who has it gets what it had
 * before, all at once and without waiting for a window. Returns how many have that again, broken or not.
 */
function* sendBack(
  context: OrchestrationContext,
  input: MoveGroupInput,
  failed: readonly RuntimeId[],
): Flow<number> {
  const { runId, back, move: forward } = input;
  const now = nowMs(context);
  if (failed.length === 0 || !forward.credential || !back || !outlives(back.to, now, back.withinSeconds))
    return 0;
  // Where another run has taken the credential over, who has what is that one's to say.
  if (!(yield* tryRenewCredentialClaim(context, forward.rotation))) return 0;
  const carriers = yield* carriersOf(context, input, failed, forward.credential.credentialId);
  const move: Move = {
    credential: back.to,
    rotation: forward.rotation,
    waitUntil: nowMs(context) + back.withinSeconds * 1000,
    unstoppable: true,
    urgent: true,
  };
  const members = carriers.map((runtime) => ({
    id: `${memberRunId(instanceIdOf(context), runtime)}-0`,
    input: moveInput(context, runId, runtime, move),
  }));
  const ended = yield* runResults(context, carriers, members);
  return ended.filter(hasWhatItWasGiven).length;
}

/** Who of them has this credential; where that cannot be read all of them may. */
function* carriersOf(
  context: OrchestrationContext,
  { credential, batch, runId }: MoveGroupInput,
  runtimes: readonly RuntimeId[],
  credentialId: string,
): Flow<readonly RuntimeId[]> {
  const claim: RunClaim = { runId, leased: false, unstoppable: true };
  const names = runtimes.map((runtime) => restOf(batch, runtime));
  const id = `${instanceIdOf(context)}-0`;
  const listed = yield* callWithRetry(context, 'listCarriers', { credential, batch, names }, claim, id);
  if (listed.kind !== 'listed') return runtimes;
  const having = listed.carriers
    .filter((one) => sameId(one.credentialId ?? '', credentialId))
    .map(({ runtime }) => canonicalRuntimeId(runtime));
  return runtimes.filter((runtime) => having.includes(canonicalRuntimeId(runtime)));
}

/** How the runs on these runtimes ended, in their order. */
function* runResults(
  context: OrchestrationContext,
  runtimes: readonly RuntimeId[],
  members: readonly Member[],
): Flow<RunResult[]> {
  const ended = yield* callMembers<RunResult>(context, ORCHESTRATIONS.runtimeRun, members);
  return runtimes.map((runtime, index) => runResultOf(ended[index], runtime));
}

/** The result of a group that the host ended: nobody can tell how its runtimes fared, and all count as failed. */
export function untoldGroup({ batch, names }: MoveGroupInput, why: string): MoveGroupResult {
  const stragglers = names.map(
    (name): Straggler => ({
      runtime: formatRuntimeId(memberOf(batch, name)),
      outcome: 'interrupted',
      code: HOST_ENDED,
    }),
  );
  return { ...allFailed(stragglers, SHOWN), untold: why };
}

/** Counts where none of them was moved, and the first of them by name. */
export function allFailed(stragglers: readonly Straggler[], shown: number): MoveGroupResult {
  return {
    moved: 0,
    failed: stragglers.length,
    unproven: 0,
    wentBack: 0,
    brokenBefore: 0,
    stragglers: stragglers.slice(0, shown),
  };
}

/** The input of the run on one runtime; without a credential it only proves access with what is there. */
export function moveInput(
  context: OrchestrationContext,
  runId: string,
  runtime: RuntimeId,
  move: Move,
): RuntimeRunInput {
  return {
    action: move.credential ? 'enable' : 'check',
    runtime,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
    move,
  };
}
