import type { SweepInput } from '../../domain/runs/inputs.js';
import type { SweepResult } from '../../domain/sweep/sweep.js';
import { cancelledSweep, endOfSweep, interruptedSweep } from '../../domain/sweep/sweepEnds.js';
import { amount } from '../../domain/values/amount.js';
import { LEASE_MS } from '../../domain/values/timing.js';
import { type RunClaim, renewClaim } from '../calls.js';
import { explained } from '../children.js';
import { continueAsNew, inputOf, instanceIdOf, type OrchestrationContext } from '../durable.js';
import { type Flow, logOnce } from '../flow.js';
import { sendKept } from '../outbox.js';
import { Progress } from '../progress.js';
import { formatStartedBy } from '../startedBy.js';
import { emitSweepFailed } from './events.js';
import { sweepCredential } from './sweepCredential.js';
import { ask, type SoFar, type Sweeping } from './sweeping.js';
import { sweepProfile } from './sweepProfile.js';
import { sweepRuns } from './sweepRuns.js';

/** Credentials that one execution looks at: each is a child, so that the history stays short. */
const CREDENTIALS_AN_EXECUTION = 10;

/** Input of the orchestration: what was asked, and what earlier executions found. */
type Input = SweepInput & { readonly soFar?: SoFar };

/**
 * Looks at everything that is configured and starts what is due: level-triggered, whatever events were missed. What it
 * starts goes on by itself; the sweep only says what it found and started. It goes on as new with each profile, so that
 * its history does not grow with the fleet. Its end is a line of the log: an alert looks for the last one
 * (infra/modules/alerts.bicep).
 */
export function* sweep(context: OrchestrationContext): Flow<SweepResult | undefined> {
  const input = inputOf<Input>(context);
  const progress = new Progress(context, input.soFar?.trail ?? []);
  const next = yield* guarded(context, input, progress);
  if (!('outcome' in next)) {
    continueAsNew(context, { ...input, soFar: { ...next, trail: progress.trail } });
    return undefined;
  }
  if (!input.dryRun) {
    yield* emitSweepFailed(context, next);
    yield* sendKept(context);
  }
  progress.logStep(next.summary, 'finish');
  logOnce(
    context,
    `sweep ${instanceIdOf(context)} started by ${input.startedBy.kind} ended: ${next.outcome}`,
  );
  return { ...next, trail: progress.trail };
}

/** Whatever a flow throws becomes an explained end, with what was found before. */
function* guarded(
  context: OrchestrationContext,
  input: Input,
  progress: Progress,
): Flow<SoFar | Omit<SweepResult, 'trail'>> {
  try {
    return yield* survey(context, input, progress);
  } catch (error) {
    const dryRun = input.dryRun === true;
    return interruptedSweep(input.soFar, dryRun, explained(context, 'The sweep', error));
  }
}

/** One execution: some credentials, then one profile. Gives the end, or what the next execution goes on with. */
function* survey(
  context: OrchestrationContext,
  input: Input,
  progress: Progress,
): Flow<SoFar | Omit<SweepResult, 'trail'>> {
  const runId = instanceIdOf(context);
  const dryRun = input.dryRun === true;
  const sweeping: Sweeping = { context, progress, runId, dryRun };
  const soFar = input.soFar ?? (yield* begin(sweeping, input));
  if ('outcome' in soFar) return soFar;

  const credentials = [...soFar.credentials];
  const now = soFar.todo.credentials.slice(0, CREDENTIALS_AN_EXECUTION);
  const later = soFar.todo.credentials.slice(CREDENTIALS_AN_EXECUTION);
  const [profile, ...others] = soFar.todo.profiles;
  // An execution that goes on as new has no status until it sets one.
  progress.begin(now.length > 0 ? amount(now.length, 'credential') : `profile ${profile ?? ''}`);
  const claim: RunClaim = { runId, leased: false };
  if ((yield* renewClaim(context, claim, LEASE_MS)) === 'cancelled') return cancelledSweep(soFar, dryRun);
  for (const credential of now) credentials.push(yield* sweepCredential(sweeping, credential));
  if (later.length > 0) {
    return { ...soFar, credentials, todo: { ...soFar.todo, credentials: later } };
  }

  const profiles = [...soFar.profiles];
  if (profile !== undefined) profiles.push(yield* sweepProfile(sweeping, profile, soFar.profiles));
  const next = { ...soFar, credentials, profiles, todo: { credentials: [], profiles: others } };
  return others.length > 0 ? next : endOfSweep(next, dryRun);
}

/** The first execution: what there is to do. */
function* begin(sweeping: Sweeping, input: Input): Flow<SoFar | Omit<SweepResult, 'trail'>> {
  const { progress } = sweeping;
  progress.logStep(formatStartedBy(input.startedBy), 'start: sweep');
  progress.begin('look for stuck runs');
  const unmoved = yield* sweepRuns(sweeping.context, sweeping.dryRun);
  for (const { runId: id, problem } of unmoved) progress.logStep(`${id}: ${problem.code}`);
  const found = { credentials: [], profiles: [], unmoved };

  progress.begin('read the configuration');
  const configured = yield* ask(sweeping, 'listConfigured', {}, 'configuration');
  if ('problem' in configured) return interruptedSweep(found, true, configured.problem);
  const { credentials, profiles } = configured;
  return { todo: { credentials, profiles }, ...found, trail: [] };
}
