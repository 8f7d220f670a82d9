/** Problems that a run itself finds: deadlines, lost leases, states of a runtime. One builder a problem. */
import type { ProblemCode } from '../problems/catalogue.js';
import type { Problem } from '../problems/problem.js';
import type { RunWords } from '../values/runtimeWords.js';
import type { RunOutcome } from './outcomes.js';
import type { OnlyReported } from './runs.js';

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;

/** A runtime that somebody stopped. */
export function runtimeStopped(runtime: string, state: string, { portal }: RunWords): Problem {
  return {
    code: 'runtimeStopped',
    message: `The runtime ${runtime} is in the state ${state}: somebody stopped it, and it does not start by itself.`,
    remedy: `Start it in ${portal}, then start the run again.`,
  };
}

/** A runtime in a state from which it does not go on by itself. */
export function runtimeFailed(runtime: string, state: string, words: RunWords): Problem {
  return {
    code: 'runtimeFailed',
    message: `The runtime ${runtime} is in the state ${state}.`,
    remedy: `Open the ${words.runtime} in ${words.portal}, fix or recreate it (its message there says why), then start the run again.`,
  };
}

/** A runtime that stays in a state of which nobody knows whether it goes on. */
export function runtimeStateUnknown(runtime: string, state: string, { portal }: RunWords): Problem {
  return {
    code: 'runtimeStateUnknown',
    message: `The runtime ${runtime} stays in the state ${state}, which the app does not know.`,
    remedy: `Look at it in ${portal}. Where it works there, start an access check of it, and report the state.`,
  };
}

export function runtimeNotReady(
  runtime: string,
  lastState: string | undefined,
  waitedMs: number,
  { portal }: RunWords,
): Problem {
  return {
    code: 'runtimeNotReady',
    message: `The runtime ${runtime} was not ready within ${minutes(waitedMs)}; its last state was ${lastState ?? 'unknown'}.`,
    remedy: `Look at its state in ${portal}. If it only takes longer, raise limits.readyMinutes (or limits.changeableMinutes) in the profile and start the run again.`,
  };
}

export function webServerUnknown(runtime: string, { portal, service, webUrl }: RunWords): Problem {
  return {
    code: 'webServerUnknown',
    message: `The runtime ${runtime} is ready but ${service} gives no ${webUrl} for it.`,
    remedy: `Open the runtime in ${portal}; if Airflow opens from there, start an access check.`,
  };
}

/** A runtime to which nothing is written unless somebody asks. */
export function reportedOnly(only: OnlyReported, runtime: string, profile: string): Problem {
  if (only === 'observed') {
    return {
      code: 'observedOnly',
      message: `The profile ${profile} only observes: nothing was written to ${runtime}, and no DAG was run there.`,
      remedy: `The plan says what would be written. For that to be done set mode: enable in the profile ${profile}.`,
    };
  }
  return {
    code: 'existingRuntime',
    message: `${runtime} was there before the app looked after the profile ${profile}: nothing was written, since that restarts its Airflow.`,
    remedy: `The plan says what would be written. Enable it (POST /api/runs with {"action":"enable","runtime":"<its resource id>"}), or all of them, one first, with {"action":"enable","profile":"${profile}"} or existing: enable in the profile.`,
  };
}

/** The first of the runtimes that were there before: the others are left alone. */
export function firstUnproven(runtime: string, outcome: RunOutcome, runId: string): Problem {
  return {
    code: 'firstUnproven',
    message: `${runtime} was enabled first of the runtimes that were there before the app, and its run ended as ${outcome}: the others were left alone.`,
    remedy: `Read its run (GET /api/runs/${runId}), fix what its problem says, then start this run again.`,
  };
}

export function leaseLost(runtime: string): Problem {
  return {
    code: 'leaseLost',
    message: `The run lost its claim to ${runtime} because it was silent for too long; another run may have taken over.`,
    remedy:
      'Look at the newest run of this runtime; start the run again if its outcome is not what you want.',
  };
}

export function keepsChanging(runtime: string, times: number): Problem {
  return {
    code: 'keepsChanging',
    message: `The settings of ${runtime} were changed by somebody else ${times} times between the app's read and its write.`,
    remedy:
      'Find what else writes to the runtime (a deployment pipeline, a person), let it finish, start the run again.',
  };
}

export function credentialRetiring(credentialId: string): Problem {
  return {
    code: 'credentialRetiring',
    message: `A rotation is about to remove the credential ${credentialId}, and there is no other to take instead.`,
    remedy: 'Wait until the rotation has ended, then start this run again.',
  };
}

export function checkDagStuck(dagId: string, dagRunId: string, state: string, waitedMs: number): Problem {
  return {
    code: 'checkRunStuck',
    message: `The run ${dagRunId} of the DAG ${dagId} was still ${state} after ${minutes(waitedMs)}.`,
    remedy:
      'Look at the scheduler and the workers in the Airflow web interface: a run stays queued when the scheduler is down, all slots are taken or the DAG is paused.',
  };
}

export function checkTimedOut(waitedMs: number): Problem {
  return {
    code: 'checkTimedOut',
    message: `Access was not proven within ${minutes(waitedMs)}.`,
    remedy:
      'Raise limits.checkMinutes in the profile if the runtime is only slow, then start an access check.',
  };
}

/** The problem of a run that was started again after its end; all that is kept of it is its code. */
export function endedBefore(code: ProblemCode, summary: string): Problem {
  return {
    code,
    message: summary,
    remedy: 'Start another run for the rest; the earlier one told what was wrong.',
  };
}

export function unexpected(what: string): Problem {
  return {
    code: 'unexpected',
    message: `${what} failed in a way that the app does not know.`,
    remedy: "Read the app's log for this run; start the run again. Report it if it comes back.",
  };
}
