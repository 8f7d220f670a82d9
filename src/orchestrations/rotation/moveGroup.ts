import type { OrchestrationContext, Task } from 'durable-functions';
import { startDelayMs } from '../../domain/rotation/pacing.js';
import type { Straggler } from '../../domain/rotation/rotations.js';
import type { Carrier, CarrierGroup } from '../../domain/rotation/stock.js';
import {
  type Move,
  ORCHESTRATIONS,
  type RunOutcome,
  type RunResult,
  type RuntimeRunInput,
} from '../../domain/runs.js';
import { formatRuntimeId, type RuntimeId } from '../../domain/runtimeId.js';
import { sameId } from '../../domain/sameId.js';
import { type Flow, type Holder, nowMs, patiently, pause } from '../calls.js';

export interface MoveGroupInput {
  readonly runId: string;
  readonly credential: string;
  readonly group: CarrierGroup;
  readonly move: Move;
  /** Only runtimes that have this credential. */
  readonly only?: string;
  /** Resource ids that are left out. */
  readonly except: readonly string[];
  /** Only these resource ids; absent: all. */
  readonly among?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface MoveGroupResult {
  readonly moved: number;
  readonly failed: number;
  /** Those that failed, at most 20; `changed`: the app wrote there. */
  readonly stragglers: readonly (Straggler & { readonly changed: boolean })[];
  /** Set where the group could not even be listed. */
  readonly unlisted?: string;
}

const SHOWN = 20;

/** Outcomes of a runtime's run after which it has what it should have. */
const MOVED: ReadonlySet<RunOutcome> = new Set([
  'enabled',
  'alreadyEnabled',
  'accessProven',
  'gone',
  'irrelevant',
]);

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
    return { moved: 0, failed: input.group.count, stragglers: [], unlisted: why };
  }
  const wanted = listed.carriers.filter((carrier) => isWanted(carrier, input));
  const tasks: Task[] = [];
  for (const [index, { runtime }] of wanted.entries()) {
    const startAt = input.startedAt + startDelayMs(input.group.place + index);
    if (startAt > nowMs(context)) yield* pause(context, startAt - nowMs(context));
    const child = moveInput(input.runId, runtime, input.move);
    const childId = `${context.df.instanceId}-${index + 1}`;
    tasks.push(context.df.callSubOrchestrator(ORCHESTRATIONS.runtimeRun, child, childId));
  }
  const ended = tasks.length > 0 ? ((yield context.df.Task.all(tasks)) as RunResult[]) : [];
  const stragglers = ended
    .filter(({ outcome }) => !MOVED.has(outcome))
    .map(({ runtime, outcome, problem, changed }) => ({
      runtime,
      outcome,
      changed,
      ...(problem ? { code: problem.code } : {}),
    }));
  return {
    moved: ended.length - stragglers.length,
    failed: stragglers.length,
    stragglers: stragglers.slice(0, SHOWN),
  };
}

/** The input of the run on one runtime; without a credential it only proves access with what is there. */
export function moveInput(runId: string, runtime: RuntimeId, move: Move): RuntimeRunInput {
  return { action: move.credential ? 'enable' : 'check', runtime, startedBy: { kind: 'run', runId }, move };
}

function isWanted(
  { runtime, credentialId }: Carrier,
  { move, only, except, among }: MoveGroupInput,
): boolean {
  const to = move.credential;
  const isOne = (id: string) => sameId(id, formatRuntimeId(runtime));
  if (except.some(isOne) || (among && !among.some(isOne))) return false;
  if (only !== undefined) return credentialId !== undefined && sameId(credentialId, only);
  return to === undefined || credentialId === undefined || !sameId(credentialId, to.credentialId);
}
