import { isOfHost } from '../../domain/hostEnded.js';
import type { CredentialVersion } from '../../domain/plan.js';
import { credentialUnproven, pilotFailed, tooManyFailed } from '../../domain/rotation/problems.js';
import type { RotationCounts, Straggler } from '../../domain/rotation/rotations.js';
import type { Carrier, FleetStock } from '../../domain/rotation/stock.js';
import { outlives, type RotationTask } from '../../domain/rotation/task.js';
import type { Problem, RunOutcome, RunResult } from '../../domain/runs.js';
import { displayRuntime } from '../../domain/runtimeId.js';
import { type Flow, nowMs } from '../flow.js';
import { CANCELLED, type Moved } from './ends.js';
import { moveFleet, moveOne, nameOf } from './fleet.js';
import { passGate } from './gates.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

/** How the move went; with `failure`, everything is to go back. */
export type MoveResult = Moved & { readonly failure?: Problem };

const GOOD: ReadonlySet<RunOutcome> = new Set(['enabled', 'alreadyEnabled', 'gone']);

/** Moves the pilot, then the rest. */
export function* move(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetStock,
): Flow<MoveResult> {
  const nothing = { counts: nobodyOf(fleet), stragglers: [] };
  const closed = yield* passGate(run, 'pilot');
  if (closed) return { ...nothing, failure: closed };
  if (run.settings.approval?.before === 'pilot') {
    // A person may have taken days: runtimes have come and gone meanwhile.
    const stocked = yield* carryOut(run, 'stockFleet', { credential: run.input.credential });
    if (!isStopped(stocked)) return yield* moveAll(run, task, to, stocked.fleet);
  }
  return yield* moveAll(run, task, to, fleet);
}

function* moveAll(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetStock,
): Flow<MoveResult> {
  // Where every runtime is dead already, a pilot would only make the others wait.
  const pilot = task.dead ? undefined : fleet.pilot;
  const first = pilot ? yield* movePilot(run, task, to, pilot) : undefined;
  if (first?.kind === 'failed' && canGoBack(run, task)) {
    return {
      counts: { ...nobodyOf(fleet), failed: 1 },
      stragglers: [first.straggler],
      failure: first.problem,
    };
  }

  run.progress.begin(`move ${fleet.total - (pilot ? 1 : 0)} runtimes`);
  const rest = yield* moveFleet(run, fleet, {
    to,
    proven: true,
    ...(pilot ? { except: [nameOf(pilot)] } : {}),
    ...(task.from && !task.dead ? { backTo: task.from } : {}),
    urgent: task.urgent,
  });
  run.progress.note(`${rest.moved} moved, ${rest.failed} not`);
  if (rest.wentBack > 0) run.progress.note(`${rest.wentBack} of these have the old one again`);
  for (const why of rest.untold) run.progress.note(`of some runtimes nobody can tell: ${why}`);

  const pilotFailure = first?.kind === 'failed' ? [first.straggler] : [];
  const failed = rest.failed + pilotFailure.length;
  const counts = {
    carriers: fleet.total,
    moved: rest.moved + (first?.kind === 'moved' ? 1 : 0),
    failed,
    wentBack: rest.wentBack,
  };
  const stragglers = [...pilotFailure, ...rest.stragglers];
  if (!canGoBack(run, task)) return { counts, stragglers };

  if (rest.stragglers.some(({ outcome }) => outcome === 'cancelled'))
    return { counts, stragglers, failure: CANCELLED };
  const { failureLimit } = run.settings;
  if (failed > failureLimit * fleet.total) {
    return { counts, stragglers, failure: tooManyFailed(failed, fleet.total, failureLimit) };
  }
  return { counts, stragglers };
}

/** The counts of a fleet before anybody was moved. */
export function nobodyOf({ total }: FleetStock): RotationCounts {
  return { carriers: total, moved: 0, failed: 0, wentBack: 0 };
}

type PilotResult =
  | { readonly kind: 'moved' }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly straggler: Straggler };

function* movePilot(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  pilot: Carrier,
): Flow<PilotResult> {
  run.progress.begin(`move the pilot ${pilot.runtime.name}`);
  const ended = yield* moveOne(run, pilot, { to, proven: true, urgent: task.urgent });
  if (GOOD.has(ended.outcome)) {
    run.progress.note('proven');
    return { kind: 'moved' };
  }
  const why = ended.problem?.message ?? ended.summary;
  run.progress.note(`failed: ${why}`);
  const { outcome, problem } = ended;
  return {
    kind: 'failed',
    problem: pilotProblem(ended, displayRuntime(pilot.runtime)),
    straggler: { runtime: nameOf(pilot), outcome, ...(problem ? { code: problem.code } : {}) },
  };
}

/**
 * What is told of a pilot that did not get through: a credential that Entra refuses is no fault of the runtime, and what the
 * host ended is no verdict on either.
 */
function pilotProblem({ outcome, problem, summary }: RunResult, pilot: string): Problem {
  const why = problem?.message ?? summary;
  if (outcome === 'cancelled') return CANCELLED;
  if (problem && isOfHost(problem)) return problem;
  return outcome === 'credentialRefused' ? credentialUnproven(why) : pilotFailed(pilot, why);
}

/** Whether there is something to go back to that outlives the return. */
function canGoBack(run: Rotating, { from, dead }: RotationTask): boolean {
  return !dead && outlives(from, nowMs(run.context), run.moveOneSeconds);
}
