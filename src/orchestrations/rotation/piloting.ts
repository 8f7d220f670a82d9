import type { Problem } from '../../domain/problems/problem.js';
import type { Carrier } from '../../domain/rotation/carrierGroups.js';
import type { FleetInventory } from '../../domain/rotation/inventory.js';
import { credentialUnproven, noPilot, pilotFailed } from '../../domain/rotation/problems.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import { isOfHost } from '../../domain/runs/hostEnded.js';
import type { RunOutcome } from '../../domain/runs/outcomes.js';
import type { Straggler } from '../../domain/runs/rotations.js';
import type { RunResult } from '../../domain/runs/runs.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { displayRuntime, shortRuntime } from '../../domain/values/runtimeId.js';
import { sameId } from '../../domain/values/sameId.js';
import type { Flow } from '../flow.js';
import { CANCELLED } from './ends.js';
import { checkTask, moveOne, nameOf } from './fleet.js';
import { prove } from './proof.js';
import type { Rotating } from './rotating.js';

/** Runtimes that are tried as pilots in one run. */
const MOST_PILOTS = 3;

/** What going first came to. */
export interface Piloted {
  /** The runtime that has the new credential, proven. */
  readonly pilot?: Carrier;
  /** How long it has taken until it was ready again, milliseconds. */
  readonly readyAfterMs?: number;
  /** Runtimes that were no good as pilots: they say nothing of the credential. */
  readonly stragglers: readonly Straggler[];
  /** How many of these have been changed: they worked before. */
  readonly spoilt: number;
  /** Why the others are not to follow. */
  readonly failure?: Problem;
}

/**
 * Proves the new credential, and beside that access in the runtime that goes first, with what it has: its move needs not prove
 * that then. What the check finds stands in the runtime's record; where it did not pass, the move asks once more. Returns the
 * problem where the credential is not proven.
 */
export function* proveBesidePilot(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<Problem | undefined> {
  const [pilot] = mayCheckEarly(run, task, to) ? candidatesOf(fleet, to) : [];
  return yield* prove(run, to, pilot ? { beside: checkTask(run, pilot) } : {});
}

/**
 * Not where a person is asked before the pilot, who takes time; nor where everybody reads the new credential already, and so
 * the record would not remember a proof of the old one; nor where a check that lasts would use up what time is left.
 */
function mayCheckEarly({ settings }: Rotating, task: RotationTask, to: CredentialVersion): boolean {
  const goesFirst = !task.dead && !task.committed && !task.urgent;
  return goesFirst && to.staged === true && settings.approval?.before !== 'pilot';
}

function candidatesOf({ pilots }: FleetInventory, to: CredentialVersion): readonly Carrier[] {
  return pilots.filter(({ credentialId = '' }) => !sameId(credentialId, to.credentialId));
}

const GOOD: ReadonlySet<RunOutcome> = new Set(['enabled', 'alreadyEnabled']);

/**
 * Lets one runtime go first: one in which access works as it is, which its run proves just before it writes. What is broken
 * before says nothing of the new credential, and is not restarted for it. Where one is no good another takes its place.
 */
export function* goFirst(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  fleet: FleetInventory,
): Flow<Piloted> {
  const stragglers: Straggler[] = [];
  const changed = new Set<Straggler>();
  const candidates = candidatesOf(fleet, to);
  for (const candidate of candidates.slice(0, MOST_PILOTS)) {
    run.progress.begin(`move the pilot ${shortRuntime(candidate.runtime)}`);
    const ended = yield* moveOne(run, candidate, { to, proven: true, proveFirst: true, urgent: task.urgent });
    if (GOOD.has(ended.outcome)) {
      run.progress.logStep('proven');
      const { readyAfterMs } = ended;
      return {
        pilot: candidate,
        stragglers,
        spoilt: changed.size,
        ...(readyAfterMs === undefined ? {} : { readyAfterMs }),
      };
    }
    const failure = verdictOf(ended, candidate);
    if (failure) {
      run.progress.logStep(failure.message);
      if (failure === CANCELLED) return { stragglers, spoilt: changed.size, failure };
      run.failedPilots.push(nameOf(candidate));
      return { stragglers: [...stragglers, stragglerOf(ended, candidate)], spoilt: changed.size, failure };
    }
    run.progress.logStep(`no pilot: ${ended.problem?.message ?? ended.summary}`);
    // One that is gone is nobody's straggler.
    if (ended.outcome === 'gone') continue;
    // What the host did says nothing of a runtime.
    if (!isOfHost(ended.problem)) run.failedPilots.push(nameOf(candidate));
    const straggler = stragglerOf(ended, candidate);
    stragglers.push(straggler);
    if (ended.changed) changed.add(straggler);
  }
  const spoilt = changed.size;
  if (stragglers.length === 0) return { stragglers, spoilt };
  const broken = stragglers.filter((one) => !changed.has(one));
  const short = new Map(candidates.map((one) => [nameOf(one), shortRuntime(one.runtime)]));
  return { stragglers, spoilt, failure: noPilot(noGood(broken, short), noGood([...changed], short)) };
}

/** @param short what people call each runtime by, by its id's text */
function noGood(
  stragglers: readonly Straggler[],
  short: ReadonlyMap<string, string>,
): Parameters<typeof noPilot>[0] {
  const [{ code } = {}] = stragglers;
  const names = stragglers.map(({ runtime }) => short.get(runtime) ?? runtime);
  return { names, ...(code === undefined ? {} : { code }) };
}

/**
 * What a move says of the credential, or of the run; `undefined`: the runtime has a trouble of its own. A check that fails
 * before anything is written is one; after that it is the credential's.
 */
function verdictOf({ outcome, problem, summary, changed }: RunResult, pilot: Carrier): Problem | undefined {
  const why = problem?.message ?? summary;
  if (outcome === 'cancelled') return CANCELLED;
  if (outcome === 'credentialRefused') return credentialUnproven(why);
  return outcome === 'checkFailed' && changed ? pilotFailed(displayRuntime(pilot.runtime), why) : undefined;
}

function stragglerOf({ outcome, problem }: RunResult, candidate: Carrier): Straggler {
  return { runtime: nameOf(candidate), outcome, ...(problem ? { code: problem.code } : {}) };
}
