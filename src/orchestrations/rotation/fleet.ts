import type { Problem } from '../../domain/problems/problem.js';
import {
  type Carrier,
  type CarrierGroup,
  type GroupMember,
  groupsIn,
} from '../../domain/rotation/carrierGroups.js';
import type { FleetInventory } from '../../domain/rotation/inventory.js';
import { targetExpired } from '../../domain/rotation/problems.js';
import type { Move } from '../../domain/runs/inputs.js';
import { memberRunId, partRunId } from '../../domain/runs/instanceIds.js';
import type { Straggler } from '../../domain/runs/rotations.js';
import { ORCHESTRATIONS, type RunResult } from '../../domain/runs/runs.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { memberOf } from '../../domain/values/runtimeBatch.js';
import { formatRuntimeId, type RuntimeId } from '../../domain/values/runtimeId.js';
import { caseless, sameId } from '../../domain/values/sameId.js';
import { SUB_ORCHESTRATIONS } from '../calls.js';
import { ChildEnded, callMembers, runResultOf } from '../children.js';
import { orchestrationTask, type Task } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';
import { renewCredentialClaim } from './credentialClaim.js';
import { allFailed, type MoveGroupInput, type MoveGroupResult, moveInput, untoldGroup } from './moveGroup.js';
import { childId, credentialClaimOf, type Rotating } from './rotating.js';

/** How runtimes are to be moved, or checked. */
export interface Wanted {
  /** Absent: the access check alone. */
  readonly to?: CredentialVersion;
  /** Whether the rotation has proven it. */
  readonly proven?: true;
  /** Access is proven with what a runtime has, just before it gets another credential. */
  readonly proveFirst?: true;
  /** Only runtimes that have this credential. */
  readonly only?: string;
  /** Only runtimes of which nobody knows what their processes have. */
  readonly unproven?: true;
  /** Resource ids that are left out. */
  readonly except?: readonly string[];
  /** What a runtime gets back that fails with `to`, as long as it lives; absent: it stays as it is. */
  readonly backTo?: CredentialVersion;
  readonly urgent: boolean;
  /** How long the pilot has taken until it was ready again, milliseconds. */
  readonly expectedReadyMs?: number;
}

export interface FleetResult {
  readonly moved: number;
  readonly failed: number;
  /** How many of those that failed have what they were given, but do not prove access with it. */
  readonly unproven: number;
  readonly wentBack: number;
  /** How many of those that failed were not proven before. */
  readonly brokenBefore: number;
  /** At most `KEPT`. */
  readonly stragglers: readonly Straggler[];
  /** Groups of which nobody can tell how their runtimes fared, why. */
  readonly untold: readonly string[];
}

const KEPT = 100;

/** Runs on one runtime and waits for its end. Throws `ClaimLost` where the credential is another run's by now. */
export function* moveOne(run: Rotating, { runtime }: Carrier, wanted: Wanted): Flow<RunResult> {
  yield* renewCredentialClaim(run.context, credentialClaimOf(run));
  const expired = expiredTarget(run, wanted);
  if (expired) return notMoved(runtime, expired);
  const input = moveInput(run.context, run.runId, runtime, moveOf(run, wanted));
  const id = memberRunId(childId(run), runtime);
  const [ended] = yield* callMembers<RunResult>(run.context, ORCHESTRATIONS.runtimeRun, [{ id, input }]);
  const result = runResultOf(ended, runtime);
  if (wanted.to && !isLeftAlone(result, wanted)) run.given.add(wanted.to.credentialId);
  yield* renewCredentialClaim(run.context, credentialClaimOf(run));
  return result;
}

/** A check of one runtime beside other work: where another run works on the runtime it does not wait for that. */
export function checkTask(run: Rotating, { runtime }: Carrier): Task {
  const move: Move = { ...moveOf(run, { urgent: false }), waitUntil: nowMs(run.context) };
  const id = memberRunId(childId(run), runtime);
  const input = moveInput(run.context, run.runId, runtime, move);
  return orchestrationTask(run.context, ORCHESTRATIONS.runtimeRun, input, id);
}

/** Whether access did not work as it was, so that nothing was written for certain. */
function isLeftAlone({ outcome, changed }: RunResult, { proveFirst }: Wanted): boolean {
  return proveFirst === true && outcome === 'checkFailed' && !changed;
}

/** What a run on one runtime is told. */
function moveOf(run: Rotating, wanted: Wanted): Move {
  return {
    ...(wanted.to ? { credential: wanted.to } : {}),
    ...(wanted.proven ? { proven: true } : {}),
    ...(wanted.proveFirst ? { proveFirst: true } : {}),
    rotation: credentialClaimOf(run),
    waitUntil: nowMs(run.context) + run.moveOneSeconds * 1000,
    ...(run.unstoppable ? { unstoppable: true } : {}),
    ...(wanted.urgent ? { urgent: true } : {}),
    ...(wanted.expectedReadyMs === undefined ? {} : { expectedReadyMs: wanted.expectedReadyMs }),
  };
}

/**
 * Runs on the whole fleet, group by group, all groups side by side, each as soon as the write budget has room for it.
 * Throws `ClaimLost` where the credential is another run's by now, before as after.
 */
export function* moveFleet(run: Rotating, fleet: FleetInventory, wanted: Wanted): Flow<FleetResult> {
  const { context } = run;
  yield* renewCredentialClaim(context, credentialClaimOf(run));
  const startedAt = nowMs(context);
  const move = moveOf(run, wanted);
  const groups = groupsIn(fleet)
    .map((group) => ({ ...group, names: namesOf(group, fleet, wanted) }))
    .filter(({ names }) => names.length > 0);
  const expired = expiredTarget(run, wanted);
  if (expired)
    return nobodyMoved(
      groups.flatMap((group) => group.names.map((name) => formatRuntimeId(memberOf(group.batch, name)))),
      expired,
    );
  if (wanted.to && groups.length > 0) run.given.add(wanted.to.credentialId);
  const part = childId(run);
  const inputs = groups.map(
    ({ batch, place, pace, names }): MoveGroupInput => ({
      runId: run.runId,
      credential: run.input.credential,
      batch,
      names,
      move,
      ...(wanted.backTo ? { back: { to: wanted.backTo, withinSeconds: run.moveOneSeconds } } : {}),
      startedAt,
      place,
      pace,
    }),
  );
  const members = inputs.map((input) => {
    const subject = caseless([input.batch.key, ...input.names].join('/'));
    return { id: partRunId(part, subject), input };
  });
  const ended = yield* callMembers<MoveGroupResult>(context, SUB_ORCHESTRATIONS.moveGroup, members);
  if (members.length > 0) yield* renewCredentialClaim(context, credentialClaimOf(run));
  const results = inputs.flatMap((input, index) => {
    const one = ended[index];
    if (one === undefined) return [];
    return [one instanceof ChildEnded ? untoldGroup(input, one.message) : one];
  });
  return {
    moved: sum(results.map(({ moved }) => moved)),
    failed: sum(results.map(({ failed }) => failed)),
    unproven: sum(results.map(({ unproven }) => unproven)),
    wentBack: sum(results.map(({ wentBack }) => wentBack)),
    brokenBefore: sum(results.map(({ brokenBefore }) => brokenBefore)),
    stragglers: results.flatMap(({ stragglers }) => stragglers).slice(0, KEPT),
    untold: results.flatMap(({ untold }) => (untold === undefined ? [] : [untold])),
  };
}

/** What a credential was when the run began may be over by now: an approval, an overlap, the pilot took their time. */
function expiredTarget({ context, settings }: Rotating, { to }: Wanted): Problem | undefined {
  const isOver = to?.expiresOn !== undefined && Date.parse(to.expiresOn) <= nowMs(context);
  return isOver ? targetExpired(to.credentialId, to.expiresOn, settings) : undefined;
}

function notMoved(runtime: RuntimeId, problem: Problem): RunResult {
  return {
    outcome: 'credentialRefused',
    runtime: formatRuntimeId(runtime),
    summary: problem.message,
    problem,
    changed: false,
    trail: [],
  };
}

function nobodyMoved(names: readonly string[], { code }: Problem): FleetResult {
  const stragglers = names.map((runtime): Straggler => ({ runtime, outcome: 'credentialRefused', code }));
  return { ...allFailed(stragglers, KEPT), untold: [] };
}

/** Those of a group that are wanted. */
function namesOf(
  { batch, members }: CarrierGroup,
  { credentials }: FleetInventory,
  { to, only, unproven, except = [] }: Wanted,
): string[] {
  const isWanted = ([name, credential, isUnproven]: GroupMember) => {
    const id = formatRuntimeId(memberOf(batch, name));
    if (except.some((one) => sameId(one, id))) return false;
    const has = credentials[credential] ?? '';
    if (unproven) return isUnproven === 1;
    if (only !== undefined) return sameId(has, only);
    return to === undefined || !sameId(has, to.credentialId);
  };
  return members.filter(isWanted).map(([name]) => name);
}

export function nameOf(carrier: Carrier): string {
  return formatRuntimeId(carrier.runtime);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
