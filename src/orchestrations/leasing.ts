import type { OrchestrationContext } from 'durable-functions';
import { callRecord, type Holder, renewStanding, SUB_ORCHESTRATIONS } from './calls.js';
import { callWait } from './children.js';
import { type Flow, nowMs, pause } from './flow.js';

/** Longer than any step between two renewals, short enough that a dead run does not block a runtime for long. */
export const LEASE_MS = 10 * 60_000;
const ASK_AGAIN_MS = 30_000;
const ROUNDS_AN_EXECUTION = 3;

export interface AwaitLeaseInput {
  readonly holder: Holder & Required<Pick<Holder, 'record'>>;
  readonly deadline: number;
}

export type LeaseResult =
  | { readonly kind: 'held' }
  | { readonly kind: 'timedOut'; readonly owner: string }
  | { readonly kind: 'stopped'; readonly standing: 'lost' | 'cancelled' };

/** Takes the right to write to a runtime, waiting for another writer until the deadline. */
export function* acquireLease(
  context: OrchestrationContext,
  input: AwaitLeaseInput,
  childId: string,
): Flow<LeaseResult> {
  const first = yield* askForLease(context, input);
  if (first.held) return { kind: 'held' };
  return yield* callWait<LeaseResult>(context, SUB_ORCHESTRATIONS.awaitLease, () => input, childId);
}

/** Asks for the lease again and again until the deadline. */
export function* awaitLease(context: OrchestrationContext): Flow<LeaseResult | undefined> {
  const input = context.df.getInput<AwaitLeaseInput>();
  for (let round = 0; round < ROUNDS_AN_EXECUTION; round++) {
    yield* pause(context, ASK_AGAIN_MS);
    const standing = yield* renewStanding(context, input.holder, LEASE_MS);
    if (standing !== 'held') return { kind: 'stopped', standing };
    const answer = yield* askForLease(context, input);
    if (answer.held) return { kind: 'held' };
    if (nowMs(context) >= input.deadline) return { kind: 'timedOut', owner: answer.owner };
  }
  context.df.continueAsNew(input);
  return undefined;
}

function askForLease(context: OrchestrationContext, { holder }: AwaitLeaseInput) {
  return callRecord<'lease'>(context, holder.record.key, {
    kind: 'acquireLease',
    runId: holder.runId,
    look: holder.record.look,
    now: nowMs(context),
    leaseMs: LEASE_MS,
  });
}
