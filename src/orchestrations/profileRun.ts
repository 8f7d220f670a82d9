import type { OrchestrationContext } from 'durable-functions';
import { memberRunId } from '../domain/instanceIds.js';
import type {
  ProfileRunInput,
  ProfileRunResult,
  RunOutcome,
  RunResult,
  RuntimeRunInput,
} from '../domain/runs.js';
import { needsAttention, ORCHESTRATIONS } from '../domain/runs.js';
import { type Holder, patiently, renewStanding } from './calls.js';
import { tellCancelled } from './cancelling.js';
import { callAll, runResultOf } from './children.js';
import { type Flow, isoNow } from './flow.js';
import { LEASE_MS } from './leasing.js';
import { Progress } from './progress.js';

/** Side by side at most: Airflows restart for many minutes, Resource Manager's write budget refills slowly. */
const GROUP = 10;
/** Runs listed in the result by name; the counts hold them all. */
const MAX_LISTED = 50;

type Input = ProfileRunInput & {
  readonly soFar?: {
    readonly after: string;
    readonly total: number;
    readonly result: Pick<ProfileRunResult, 'outcomes' | 'runs'>;
  };
};

/** One action on every runtime of a profile, in groups; one runtime's failure never stops the others. */
export function* profileRun(context: OrchestrationContext): Flow<ProfileRunResult | undefined> {
  const input = context.df.getInput<Input>();
  const runId = context.df.instanceId;
  const progress = new Progress(context);
  const holder: Holder = { runId, leased: false };
  const soFar = input.soFar;
  const total = soFar?.total ?? 0;
  const result = (more: Partial<ProfileRunResult>): ProfileRunResult => ({
    profile: input.profile,
    action: input.action,
    total,
    outcomes: soFar?.result.outcomes ?? {},
    runs: soFar?.result.runs ?? [],
    ...more,
  });

  // An execution that goes on as new has no status until it sets one.
  progress.begin(`list the runtimes of ${input.profile}${soFar ? ` after the first ${total}` : ''}`);
  const standing = yield* renewStanding(context, holder, LEASE_MS);
  if (standing === 'cancelled') {
    yield* tellCancelled(context, progress, holder, { subject: `profiles/${input.profile}` });
    return result({
      problem: {
        code: 'cancelled',
        message: `Cancelled as asked after ${total} runtimes.`,
        remedy: 'Start the run again for the rest; what is enabled already costs one read.',
      },
    });
  }

  const listed = yield* patiently(
    context,
    'listRuntimes',
    { profile: input.profile, limit: GROUP, ...(soFar ? { after: soFar.after } : {}) },
    holder,
    `${runId}-list${total}`,
  );
  if (listed.kind === 'refused' || listed.kind === 'exhausted') return result({ problem: listed.problem });
  if (listed.kind !== 'listed') return result({});

  progress.begin(`${input.action} of ${listed.runtimes.length} runtimes, ${total} done before`);
  const ids = listed.runtimes.map((runtime) => memberRunId(runId, runtime));
  const tasks = listed.runtimes.map((runtime, index) => {
    const child: RuntimeRunInput = {
      action: input.action,
      runtime,
      startedBy: { kind: 'run', runId },
      createdAt: isoNow(context),
    };
    return context.df.callSubOrchestrator(ORCHESTRATIONS.runtimeRun, child, ids[index]);
  });
  const all = yield* callAll<RunResult>(context, ORCHESTRATIONS.runtimeRun, tasks);
  const ended = listed.runtimes.map((runtime, index) => runResultOf(all[index], runtime));

  const outcomes: Partial<Record<RunOutcome, number>> = { ...result({}).outcomes };
  for (const run of ended) outcomes[run.outcome] = (outcomes[run.outcome] ?? 0) + 1;
  const runs = ended.map((run, index) => ({
    runId: ids[index] ?? '',
    runtime: run.runtime,
    outcome: run.outcome,
  }));
  const known = [...result({}).runs, ...runs];
  // The ones that need somebody come first, so that the cap never hides them.
  const kept = [
    ...known.filter((run) => needsAttention(run.outcome)),
    ...known.filter((run) => !needsAttention(run.outcome)),
  ].slice(0, MAX_LISTED);

  const done = { total: total + ended.length, outcomes, runs: kept };
  if (listed.next === undefined) return result(done);
  const next: Input = { ...input, soFar: { after: listed.next, total: done.total, result: done } };
  context.df.continueAsNew(next);
  return undefined;
}
