import type { OrchestrationContext, Task } from 'durable-functions';
import type { CredentialVersion } from '../../domain/plan.js';
import { startDelayMs } from '../../domain/rotation/pacing.js';
import type { Straggler } from '../../domain/rotation/rotations.js';
import type { Carrier, CarrierGroup } from '../../domain/rotation/stock.js';
import { outlives } from '../../domain/rotation/task.js';
import {
  type Move,
  ORCHESTRATIONS,
  type RunResult,
  type RuntimeRunInput,
  SETTLED,
} from '../../domain/runs.js';
import { formatRuntimeId, type RuntimeId } from '../../domain/runtimeId.js';
import { sameId } from '../../domain/sameId.js';
import { type Holder, patiently } from '../calls.js';
import { callAll, runResultOf } from '../children.js';
import { counter, type Flow, isoNow, nowMs, pauseUntil } from '../flow.js';

export interface MoveGroupInput {
  readonly runId: string;
  readonly credential: string;
  readonly group: CarrierGroup;
  readonly move: Move;
  /** Only runtimes that have this credential. */
  readonly only?: string;
  /** Resource ids that are left out. */
  readonly except: readonly string[];
  /** What a runtime gets back that fails, unless that would not live through the return. */
  readonly back?: { readonly to: CredentialVersion; readonly withinSeconds: number };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface MoveGroupResult {
  readonly moved: number;
  readonly failed: number;
  /** How many of those that failed have their old credential again. */
  readonly wentBack: number;
  /** Those that failed, at most 20. */
  readonly stragglers: readonly Straggler[];
  /** Set where the group could not even be listed. */
  readonly unlisted?: string;
}

const SHOWN = 20;

/** One group of a fleet: lists it as it is now and runs on each of its runtimes, side by side. */
export function* moveGroup(context: OrchestrationContext): Flow<MoveGroupResult> {
  const input = context.df.getInput<MoveGroupInput>();
  const holder: Holder = { runId: input.runId, leased: false, unstoppable: input.move.unstoppable === true };
  const listed = yield* patiently(
    context,
    'listCarriers',
    { credential: input.credential, group: input.group },
    holder,
    `${context.df.instanceId}-0`,
  );
  if (listed.kind !== 'listed') {
    const why = 'problem' in listed ? listed.problem.message : 'cancelled';
    return unlistedGroup(input.group.count, why);
  }
  const nextChild = counter();
  const wanted = listed.carriers.filter((carrier) => isWanted(carrier, input));
  const tasks: Task[] = [];
  for (const [index, { runtime }] of wanted.entries()) {
    const startAt = input.startedAt + startDelayMs(input.group.place + index);
    yield* pauseUntil(context, startAt);
    tasks.push(runOn(context, nextChild(), moveInput(context, input.runId, runtime, input.move)));
  }
  const ended = yield* runResults(context, wanted, tasks);
  const failed = ended.filter(({ outcome }) => !SETTLED.has(outcome));
  // Whatever becomes of the whole rotation, these do not keep what they failed with.
  const changed = wanted.filter((_, index) => {
    const end = ended[index];
    return end?.changed && !SETTLED.has(end.outcome);
  });
  return {
    moved: ended.length - failed.length,
    failed: failed.length,
    wentBack: yield* sendBack(context, input, nextChild, changed),
    stragglers: failed.slice(0, SHOWN).map(({ runtime, outcome, problem }) => ({
      runtime,
      outcome,
      ...(problem ? { code: problem.code } : {}),
    })),
  };
}

/** Gives runtimes what they had before, all at once and without waiting for a window. Returns how many have it. */
function* sendBack(
  context: OrchestrationContext,
  { runId, back }: MoveGroupInput,
  nextChild: () => number,
  carriers: readonly Carrier[],
): Flow<number> {
  const now = nowMs(context);
  if (carriers.length === 0 || !back || !outlives(back.to, now, back.withinSeconds)) return 0;
  const move: Move = {
    credential: back.to,
    waitUntil: now + back.withinSeconds * 1000,
    unstoppable: true,
    urgent: true,
  };
  const tasks = carriers.map(({ runtime }) =>
    runOn(context, nextChild(), moveInput(context, runId, runtime, move)),
  );
  const ended = yield* runResults(context, carriers, tasks);
  return ended.filter(({ outcome }) => SETTLED.has(outcome)).length;
}

/** How the runs on these runtimes ended, in their order. */
function* runResults(
  context: OrchestrationContext,
  carriers: readonly Carrier[],
  tasks: readonly Task[],
): Flow<RunResult[]> {
  const ended = yield* callAll<RunResult>(context, ORCHESTRATIONS.runtimeRun, tasks);
  return carriers.map(({ runtime }, index) => runResultOf(ended[index], runtime));
}

/** The result of a group of which nobody can tell how its runtimes fared: all count as failed. */
export function unlistedGroup(count: number, why: string): MoveGroupResult {
  return { moved: 0, failed: count, wentBack: 0, stragglers: [], unlisted: why };
}

function runOn(context: OrchestrationContext, child: number, input: RuntimeRunInput): Task {
  return context.df.callSubOrchestrator(
    ORCHESTRATIONS.runtimeRun,
    input,
    `${context.df.instanceId}-${child}`,
  );
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

function isWanted({ runtime, credentialId }: Carrier, { move, only, except }: MoveGroupInput): boolean {
  const to = move.credential;
  const isOne = (id: string) => sameId(id, formatRuntimeId(runtime));
  if (except.some(isOne)) return false;
  if (only !== undefined) return credentialId !== undefined && sameId(credentialId, only);
  return to === undefined || credentialId === undefined || !sameId(credentialId, to.credentialId);
}
