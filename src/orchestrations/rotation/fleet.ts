import type { CredentialVersion } from '../../domain/plan.js';
import type { Straggler } from '../../domain/rotation/rotations.js';
import type { Carrier, FleetStock } from '../../domain/rotation/stock.js';
import { type Move, ORCHESTRATIONS, type RunResult } from '../../domain/runs.js';
import { formatRuntimeId } from '../../domain/runtimeId.js';
import { SUB_ORCHESTRATIONS } from '../calls.js';
import { ChildEnded, callAll, runResultOf } from '../children.js';
import { type Flow, nowMs } from '../flow.js';
import { type MoveGroupInput, type MoveGroupResult, moveInput, unlistedGroup } from './moveGroup.js';
import { childId, type Rotating } from './rotating.js';

/** How runtimes are to be moved, or checked. */
export interface Wanted {
  /** Absent: the access check alone. */
  readonly to?: CredentialVersion;
  /** Whether the rotation has proven it. */
  readonly proven?: true;
  /** Only runtimes that have this credential. */
  readonly only?: string;
  /** Resource ids that are left out. */
  readonly except?: readonly string[];
  /** What a runtime gets back that fails with `to`, as long as it lives; absent: it stays as it is. */
  readonly backTo?: CredentialVersion;
  readonly urgent: boolean;
}

export interface FleetResult {
  readonly moved: number;
  readonly failed: number;
  readonly wentBack: number;
  /** At most `KEPT`. */
  readonly stragglers: readonly Straggler[];
  /** Groups that could not be listed, why. */
  readonly unlisted: readonly string[];
}

const KEPT = 100;

/** Runs on one runtime and waits for its end. */
export function* moveOne(run: Rotating, { runtime }: Carrier, wanted: Wanted): Flow<RunResult> {
  const child = moveInput(run.context, run.runId, runtime, moveOf(run, wanted));
  const task = run.context.df.callSubOrchestrator(ORCHESTRATIONS.runtimeRun, child, childId(run));
  const [ended] = yield* callAll<RunResult>(run.context, ORCHESTRATIONS.runtimeRun, [task]);
  return runResultOf(ended, runtime);
}

/** What a run on one runtime is told. */
function moveOf(run: Rotating, wanted: Wanted): Move {
  return {
    ...(wanted.to ? { credential: wanted.to } : {}),
    ...(wanted.proven ? { proven: true } : {}),
    waitUntil: nowMs(run.context) + run.moveOneSeconds * 1000,
    ...(run.unstoppable ? { unstoppable: true } : {}),
    ...(wanted.urgent ? { urgent: true } : {}),
  };
}

/** Runs on the whole fleet, group by group, all groups side by side: what paces them is the write budget. */
export function* moveFleet(run: Rotating, fleet: FleetStock, wanted: Wanted): Flow<FleetResult> {
  const { context } = run;
  const startedAt = nowMs(context);
  const move = moveOf(run, wanted);
  const tasks = fleet.groups.map((group) => {
    const input: MoveGroupInput = {
      runId: run.runId,
      credential: run.input.credential,
      group,
      move,
      ...(wanted.only === undefined ? {} : { only: wanted.only }),
      except: wanted.except ?? [],
      ...(wanted.backTo ? { back: { to: wanted.backTo, withinSeconds: run.moveOneSeconds } } : {}),
      startedAt,
    };
    return context.df.callSubOrchestrator(SUB_ORCHESTRATIONS.moveGroup, input, childId(run));
  });
  const ended = yield* callAll<MoveGroupResult>(context, SUB_ORCHESTRATIONS.moveGroup, tasks);
  const results = ended.map((one, index) =>
    one instanceof ChildEnded ? unlistedGroup(fleet.groups[index]?.count ?? 0, one.message) : one,
  );
  return {
    moved: sum(results.map(({ moved }) => moved)),
    failed: sum(results.map(({ failed }) => failed)),
    wentBack: sum(results.map(({ wentBack }) => wentBack)),
    stragglers: results.flatMap(({ stragglers }) => stragglers).slice(0, KEPT),
    unlisted: results.flatMap(({ unlisted }) => (unlisted === undefined ? [] : [unlisted])),
  };
}

export function nameOf(carrier: Carrier): string {
  return formatRuntimeId(carrier.runtime);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
