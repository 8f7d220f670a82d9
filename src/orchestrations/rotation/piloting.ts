import type { CredentialVersion } from '../../domain/plan.js';
import { noPilot, pilotFailed } from '../../domain/rotation/problems.js';
import type { Straggler } from '../../domain/rotation/rotations.js';
import type { Carrier, FleetStock } from '../../domain/rotation/stock.js';
import type { RotationTask } from '../../domain/rotation/task.js';
import type { Problem, RunOutcome, RunResult } from '../../domain/runs.js';
import { displayRuntime } from '../../domain/runtimeId.js';
import { sameId } from '../../domain/sameId.js';
import type { Flow } from '../flow.js';
import { CANCELLED } from './ends.js';
import { moveOne, nameOf } from './fleet.js';
import type { Rotating } from './rotating.js';

/** Runtimes that are tried as pilots in one run. */
const MOST_PILOTS = 3;

/** What going first came to. */
export interface Piloted {
  /** The runtime that has the new credential, proven. */
  readonly pilot?: Carrier;
  /** Runtimes that were no good as pilots: they say nothing of the credential. */
  readonly stragglers: readonly Straggler[];
  /** How many of these were proven before they were moved. */
  readonly spoilt: number;
  /** Why the others are not to follow. */
  readonly failure?: Problem;
}

const GOOD: ReadonlySet<RunOutcome> = new Set(['enabled', 'alreadyEnabled']);
const PROVEN: ReadonlySet<RunOutcome> = new Set(['accessProven', 'alreadyEnabled', 'enabled']);
/** Ends of a move, in a runtime that was proven just before, that speak of the credential. */
const VERDICTS: ReadonlySet<RunOutcome> = new Set(['checkFailed', 'credentialRefused']);

/**
 * Lets one runtime go first. Only one in which access is proven in this moment, with what it has: what is broken before
 * says nothing of the new credential, and is not restarted for it. Where one is no good another takes its place.
 */
export function* goFirst(
  run: Rotating,
  task: RotationTask,
  to: CredentialVersion,
  { pilots }: FleetStock,
): Flow<Piloted> {
  const stragglers: Straggler[] = [];
  let spoilt = 0;
  const candidates = pilots.filter(({ credentialId = '' }) => !sameId(credentialId, to.credentialId));
  for (const candidate of candidates.slice(0, MOST_PILOTS)) {
    const name = candidate.runtime.name;
    run.progress.begin(`check the pilot ${name}`);
    const before = yield* moveOne(run, candidate, { urgent: task.urgent });
    if (before.outcome === 'cancelled') return { stragglers, spoilt, failure: CANCELLED };
    if (PROVEN.has(before.outcome)) {
      run.progress.begin(`move the pilot ${name}`);
      const ended = yield* moveOne(run, candidate, { to, proven: true, urgent: task.urgent });
      if (GOOD.has(ended.outcome)) {
        run.progress.note('proven');
        return { pilot: candidate, stragglers, spoilt };
      }
      const failure = verdictOf(ended, candidate);
      if (failure) {
        run.progress.note(failure.message);
        run.failedPilots.push(nameOf(candidate));
        return { stragglers: [...stragglers, stragglerOf(ended, candidate)], spoilt, failure };
      }
      passOver(run, candidate, ended, stragglers);
      spoilt += ended.outcome === 'gone' ? 0 : 1;
    } else {
      passOver(run, candidate, before, stragglers);
    }
  }
  const tried = stragglers.map(({ runtime }) => runtime.split('/').at(-1) ?? runtime);
  return candidates.length > 0 && tried.length > 0
    ? { stragglers, spoilt, failure: noPilot(tried, stragglers[0]?.code) }
    : { stragglers, spoilt };
}

/** What a move says of the credential, or of the run; `undefined`: the runtime has a trouble of its own. */
function verdictOf({ outcome, problem, summary }: RunResult, pilot: Carrier): Problem | undefined {
  if (outcome === 'cancelled') return CANCELLED;
  const why = problem?.message ?? summary;
  return VERDICTS.has(outcome) ? pilotFailed(displayRuntime(pilot.runtime), why) : undefined;
}

function passOver(run: Rotating, candidate: Carrier, ended: RunResult, stragglers: Straggler[]): void {
  run.progress.note(`no pilot: ${ended.problem?.message ?? ended.summary}`);
  // One that is gone is nobody's straggler.
  if (ended.outcome === 'gone') return;
  run.failedPilots.push(nameOf(candidate));
  stragglers.push(stragglerOf(ended, candidate));
}

function stragglerOf({ outcome, problem }: RunResult, candidate: Carrier): Straggler {
  return { runtime: nameOf(candidate), outcome, ...(problem ? { code: problem.code } : {}) };
}
