import type { OrchestrationContext } from 'durable-functions';
import { sweptRunId, sweptRuntimeRunId } from '../domain/instanceIds.js';
import type { RotationInput, RotationResult } from '../domain/rotation/rotations.js';
import { ORCHESTRATIONS, type Problem, type RuntimeRunInput } from '../domain/runs.js';
import { formatRuntimeId, type RuntimeId } from '../domain/runtimeId.js';
import type { Finding, SweepInput, SweepResult, SweptCredential, SweptProfile } from '../domain/sweep.js';
import type { UnmovedRun } from '../domain/unmovedRuns.js';
import { type Holder, patiently } from './calls.js';
import { ChildEnded, callWait } from './children.js';
import { counter, type Flow, isoNow, logOnce, nowMs } from './flow.js';
import { sendKept } from './outbox.js';
import { Progress } from './progress.js';
import { sweepRuns } from './sweepRuns.js';
import { tellCredential, tellProfile, tellSweep } from './sweepTelling.js';
import { startedByWords } from './words.js';

/** Runs that one sweep starts for one profile: what is over waits for the next one. */
const MAX_RUNS = 25;

/**
 * Looks at everything that is configured and starts what is due: level-triggered, whatever events were missed. What it
 * starts goes on by itself; the sweep only says what it found and started. Its end is a line of the log: an alert looks
 * for the last one (infra/modules/alerts.bicep).
 */
export function* sweep(context: OrchestrationContext): Flow<SweepResult> {
  const input = context.df.getInput<SweepInput>();
  const result = yield* look(context, input);
  if (!input.dryRun) {
    yield* tellSweep(context, result);
    yield* sendKept(context);
  }
  logOnce(
    context,
    `sweep ${context.df.instanceId} started by ${input.startedBy.kind} ended: ${result.outcome}`,
  );
  return result;
}

function* look(context: OrchestrationContext, input: SweepInput): Flow<SweepResult> {
  const runId = context.df.instanceId;
  const progress = new Progress(context);
  progress.note(startedByWords(input.startedBy), 'start: sweep');
  const sweeping: Sweeping = {
    context,
    progress,
    runId,
    dryRun: input.dryRun === true,
    nextChild: counter(),
  };

  progress.begin('look for runs that do not move');
  const unmoved = yield* sweepRuns(context, sweeping.dryRun);
  for (const { runId: id, problem } of unmoved) progress.note(`${id}: ${problem.code}`);

  progress.begin('read the configuration');
  const configured = yield* call(sweeping, 'listConfigured', {});
  if ('problem' in configured) return failed(progress, configured.problem, unmoved);

  const credentials: SweptCredential[] = [];
  for (const { name, recordKey } of configured.credentials) {
    credentials.push(yield* sweepCredential(sweeping, name, recordKey));
  }
  const profiles: SweptProfile[] = [];
  for (const profile of configured.profiles) profiles.push(yield* sweepProfile(sweeping, profile));

  const started =
    profiles.reduce((sum, { runs }) => sum + runs.length, 0) +
    credentials.filter(({ outcome }) => outcome === 'planned').length;
  const summary = `${started} runs ${sweeping.dryRun ? 'would be' : 'were'} started.`;
  progress.note(summary, 'finish');
  const problem = profiles.find((profile) => profile.problem)?.problem;
  return {
    outcome: 'swept',
    summary,
    ...(problem ? { problem } : {}),
    profiles,
    credentials,
    unmoved,
    changed: !sweeping.dryRun && started > 0,
    trail: progress.trail,
  };
}

interface Sweeping {
  readonly context: OrchestrationContext;
  readonly progress: Progress;
  readonly runId: string;
  readonly dryRun: boolean;
  readonly nextChild: () => number;
}

function* sweepCredential(sweeping: Sweeping, credential: string, recordKey: string): Flow<SweptCredential> {
  const { context, progress, runId, dryRun, nextChild } = sweeping;
  progress.begin(`credential ${credential}`);
  const input: RotationInput = {
    action: 'rotate',
    credential,
    recordKey,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
  };
  // It changes nothing, so that it can begin anew.
  const planned = yield* plannedOf(
    callWait<RotationResult>(
      context,
      ORCHESTRATIONS.rotateCredential,
      () => ({ ...input, dryRun: true }),
      `${runId}-${nextChild()}`,
    ),
  );
  progress.note(planned.summary);
  if (!dryRun) yield* tellCredential(context, credential, planned, `${runId}-${nextChild()}`);
  const { outcome, summary, debts } = planned;
  const found: SweptCredential = { credential, outcome, summary, ...(debts ? { debts } : {}) };
  // One that nobody can help raises its event again, for as long as it stands.
  if ((outcome !== 'planned' && outcome !== 'expiring') || dryRun) return found;
  const rotationId = sweptRunId(recordKey, runId);
  const launched: RotationInput = { ...input, createdAt: isoNow(context) };
  const started = yield* start(sweeping, ORCHESTRATIONS.rotateCredential, rotationId, launched);
  return { ...found, ...(started ? { runId: rotationId } : {}) };
}

/** What a dry run plans; one that the host keeps ending plans nothing. */
function* plannedOf(
  dryRun: Flow<RotationResult>,
): Flow<Pick<RotationResult, 'outcome' | 'summary' | 'problem' | 'debts'>> {
  try {
    return yield* dryRun;
  } catch (error) {
    if (error instanceof ChildEnded)
      return { outcome: 'interrupted', summary: error.message, problem: error.problem };
    throw error;
  }
}

function* sweepProfile(sweeping: Sweeping, profile: string): Flow<SweptProfile> {
  const { context, progress, dryRun } = sweeping;
  progress.begin(`profile ${profile}`);
  const surveyed = yield* call(sweeping, 'surveyProfile', { profile, limit: MAX_RUNS, now: nowMs(context) });
  if ('problem' in surveyed) {
    progress.note(surveyed.problem.message);
    if (!dryRun) yield* tellProfile(context, profile, surveyed.problem);
    return { profile, findings: {}, runs: [], waiting: 0, problem: surveyed.problem };
  }
  const { findings, needy } = surveyed;
  const runs: { runtime: string; finding: Finding; runId?: string }[] = [];
  for (const { runtime, finding } of needy) {
    const runId = dryRun ? undefined : yield* enable(sweeping, runtime);
    runs.push({ runtime: formatRuntimeId(runtime), finding, ...(runId === undefined ? {} : { runId }) });
  }
  const all = (findings.drifted ?? 0) + (findings.unproven ?? 0);
  progress.note(
    Object.entries(findings)
      .map(([finding, count]) => `${count} ${finding}`)
      .join(', ') || 'no runtimes',
  );
  return { profile, findings, runs, waiting: all - needy.length };
}

function* enable(sweeping: Sweeping, runtime: RuntimeId): Flow<string | undefined> {
  const { context, runId } = sweeping;
  const childId = sweptRuntimeRunId(runtime, runId);
  const input: RuntimeRunInput = {
    action: 'enable',
    runtime,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
  };
  return (yield* start(sweeping, ORCHESTRATIONS.runtimeRun, childId, input)) ? childId : undefined;
}

function* start(sweeping: Sweeping, orchestration: string, runId: string, input: unknown): Flow<boolean> {
  const started = yield* call(sweeping, 'launchRun', { orchestration, runId, input });
  return !('problem' in started);
}

type SweepStep = 'listConfigured' | 'surveyProfile' | 'launchRun';

function* call<N extends SweepStep>(
  { context, runId, nextChild }: Sweeping,
  name: N,
  input: Parameters<typeof patiently<N>>[2],
) {
  const holder: Holder = { runId, leased: false };
  const settled = yield* patiently(context, name, input, holder, `${runId}-${nextChild()}`);
  if (settled.kind === 'stopped') return { problem: CANCELLED };
  return settled as Exclude<typeof settled, { kind: 'stopped' }>;
}

const CANCELLED: Problem = {
  code: 'cancelled',
  message: 'Cancelled as asked.',
  remedy: 'The next sweep does the rest.',
};

function failed(progress: Progress, problem: Problem, unmoved: readonly UnmovedRun[]): SweepResult {
  progress.note(problem.message);
  return {
    outcome: 'interrupted',
    summary: problem.message,
    problem,
    profiles: [],
    credentials: [],
    unmoved,
    changed: false,
    trail: progress.trail,
  };
}
