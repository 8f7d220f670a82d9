import type { DurableOrchestrationStatus } from 'durable-functions';
import type { PreflightResult } from '../../domain/preflight/report.js';
import { isNewerThanApp } from '../../domain/runs/appVersion.js';
import { hostEnded } from '../../domain/runs/hostEnded.js';
import type { RunInput } from '../../domain/runs/inputs.js';
import { isRunId } from '../../domain/runs/instanceIds.js';
import type { RotationProgress, RotationResult } from '../../domain/runs/rotations.js';
import { type Instruction, sameMoment } from '../../domain/runs/runControl.js';
import { isRun, type ProfileRunResult, type RunResult } from '../../domain/runs/runs.js';
import { targetOf } from '../../domain/runs/runTargets.js';
import type { SweepResult } from '../../domain/sweep/sweep.js';
import { newerVersion } from '../../domain/sweep/unmovedRuns.js';

/** An instance as the durable client gives it; lists come as plain JSON. */
export type InstanceStatus = Pick<
  DurableOrchestrationStatus,
  'name' | 'instanceId' | 'input' | 'output' | 'runtimeStatus' | 'customStatus'
> & { readonly lastUpdatedTime: Date | string };

export function hasEnded(status: Pick<InstanceStatus, 'runtimeStatus'>): boolean {
  return ['Completed', 'Failed', 'Terminated', 'Canceled'].includes(status.runtimeStatus);
}

/** Whether the host ended the run: it failed there, or somebody terminated it there. */
export function wasEndedByHost(status: Pick<InstanceStatus, 'runtimeStatus'>): boolean {
  return hasEnded(status) && status.runtimeStatus !== 'Completed';
}

const MOST_CHILDREN = 100;

/** Ids of the runs that a run started, among instances: each begins with its own. They go on without it. */
export function childRunIdsOf(instances: readonly InstanceStatus[], runId: string): string[] {
  return instances
    .filter((one) => isRun(one) && isRunId(one.instanceId) && one.instanceId.startsWith(`${runId}-`))
    .map(({ instanceId }) => instanceId)
    .sort()
    .slice(0, MOST_CHILDREN);
}

function endedByHost({ output }: InstanceStatus, childRunIds: readonly string[]): Record<string, unknown> {
  const problem = hostEnded(output);
  return {
    outcome: 'interrupted',
    summary: problem.message,
    problem,
    ...(childRunIds.length > 0 ? { childRunIds } : {}),
  };
}

/** A run as the HTTP API shows it. Lists leave out trail, plan and result. */
export function viewOf(
  status: InstanceStatus,
  options: {
    readonly whole: boolean;
    /** What it was told, verified. */
    readonly instructions?: readonly Instruction[];
    /** Runs that it started, where it has no end of its own. */
    readonly childRunIds?: readonly string[];
  },
): Record<string, unknown> {
  const input = inputOf(status);
  const progress = (status.customStatus ?? {}) as Partial<RotationProgress>;
  const ended = hasEnded(status);
  const output = ended && typeof status.output === 'object' ? status.output : undefined;
  const result = (output ?? {}) as Partial<RunResult & ProfileRunResult & RotationResult>;
  return {
    id: status.instanceId,
    action: input.action,
    target: targetOf(input),
    startedBy: input.startedBy,
    status: statusWord(status),
    ...(options.instructions ? toldOf(options.instructions) : {}),
    createdAt: input.createdAt,
    updatedAt: iso(status.lastUpdatedTime),
    ...(ended || !progress.step ? {} : { step: { name: progress.step, since: progress.since } }),
    ...(ended || !progress.waitingFor ? {} : { waitingFor: progress.waitingFor }),
    ...(ended ? {} : overlapOf(progress, options.instructions ?? [])),
    ...(progress.version ? { version: progress.version } : {}),
    ...(!ended && isNewerThanApp(progress.version) ? waitsForNewer(progress.version) : {}),
    ...(result.outcome ? { outcome: result.outcome } : {}),
    ...(result.summary ? { summary: result.summary } : {}),
    ...(result.problem ? { problem: result.problem } : {}),
    ...(wasEndedByHost(status) ? endedByHost(status, options.childRunIds ?? []) : {}),
    ...(result.changed === undefined ? {} : { changed: result.changed }),
    ...(result.proof ? { proof: result.proof } : {}),
    ...(result.otherRunId ? { otherRunId: result.otherRunId } : {}),
    ...(options.whole ? whole(result, progress, resultOf(input, output)) : {}),
  };
}

/** What there is to say of a run that this app leaves alone. */
function waitsForNewer(version = ''): Record<string, unknown> {
  const problem = newerVersion(version);
  return { summary: problem.message, problem };
}

/** What a run was told by whom, and whether it was asked to stop. */
function toldOf(instructions: readonly Instruction[]): Record<string, unknown> {
  return {
    cancelRequested: instructions.some(({ kind }) => kind === 'cancel'),
    ...(instructions.length === 0
      ? {}
      : { instructions: instructions.map(({ signature: _, ...instruction }) => instruction) }),
  };
}

function overlapOf(
  progress: Partial<RotationProgress>,
  instructions: readonly Instruction[],
): Record<string, unknown> {
  if (progress.overlapSince === undefined) return {};
  return { overlapUntil: overlapEnd(progress, instructions), overlapLatest: progress.overlapLatest };
}

/** Whether a run waits an overlap out, as far as it tells. */
export function isInOverlap(status: InstanceStatus): boolean {
  const { overlapSince } = (status.customStatus ?? {}) as Partial<RotationProgress>;
  return !hasEnded(status) && overlapSince !== undefined;
}

/** When the overlap ends: the run takes a while to see that it was changed, and tells the earlier date until then. */
export function overlapEnd(
  { overlapSince = '', overlapUntil }: Partial<RotationProgress>,
  instructions: readonly Instruction[],
): string | undefined {
  const [latest] = instructions
    .filter((one) => one.kind === 'setOverlap')
    .filter(({ openedAt }) => sameMoment(openedAt, overlapSince))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return latest?.until ?? overlapUntil;
}

/** The run's input; a status without one is not a run of ours. */
export function inputOf(status: Pick<InstanceStatus, 'input'>): RunInput {
  const input: unknown = typeof status.input === 'string' ? JSON.parse(status.input) : status.input;
  return input as RunInput;
}

function whole(
  result: Partial<RunResult & ProfileRunResult>,
  progress: Partial<RotationProgress>,
  counts: object | undefined,
): Record<string, unknown> {
  const plan = result.plan ?? progress.plan;
  return {
    ...(plan ? { plan } : {}),
    ...(counts ? { result: counts } : {}),
    trail: result.trail ?? progress.trail ?? [],
  };
}

/** What a run over many runtimes tells beside its outcome. */
function resultOf(input: RunInput, output: object | null | undefined): object | undefined {
  if (!output || 'runtime' in input) return undefined;
  if ('profile' in input) {
    const { profile, action, total, outcomes, runs } = output as Partial<ProfileRunResult>;
    return { profile, action, total, outcomes, runs };
  }
  if (input.action === 'sweep') {
    const { profiles, credentials, unmoved } = output as Partial<SweepResult>;
    return { profiles, credentials, unmoved };
  }
  if (input.action === 'preflight') {
    const { identity, rows } = output as Partial<PreflightResult>;
    return { identity, rows };
  }
  const { from, to, expiresOn, counts, stragglers, debts, removes, unread, otherHubs } =
    output as Partial<RotationResult>;
  return { from, to, expiresOn, counts, stragglers, debts, removes, unread, otherHubs };
}

/** How far a run is, in the API's words. */
export function statusWord(status: Pick<InstanceStatus, 'runtimeStatus' | 'output'>): string {
  switch (status.runtimeStatus) {
    case 'Pending':
      return 'queued';
    case 'Completed':
      return wasCancelled(status.output) ? 'cancelled' : 'completed';
    case 'Failed':
      return 'failed';
    case 'Terminated':
    case 'Canceled':
      return 'cancelled';
    default:
      return 'running';
  }
}

/** One runtime's run says so as its outcome, a profile's as its problem. */
function wasCancelled(output: unknown): boolean {
  const { outcome, problem } = (output ?? {}) as Partial<RunResult & ProfileRunResult>;
  return outcome === 'cancelled' || problem?.code === 'cancelled';
}

function iso(time: Date | string): string {
  return new Date(time).toISOString();
}
