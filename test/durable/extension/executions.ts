/** What the extension tells an orchestrator and what that decides: kept, and noted in the ledger as the runner does. */
import { z } from 'zod';
import type { Ledger } from '../../../local/kernel/types.js';
import type { RecordedExecution } from '../../../local/runner/functionsHost.js';
import type { Action, HistoryEvent } from '../../../local/runner/history.js';

const PAYLOAD = z.looseObject({
  instanceId: z.string(),
  history: z.array(z.custom<HistoryEvent>()),
});
const STARTED = z.looseObject({
  EventType: z.literal(0),
  Input: z.string().nullable(),
  OrchestrationInstance: z.looseObject({ ExecutionId: z.string() }),
});
const DECISIONS = z.looseObject({
  isDone: z.boolean(),
  output: z.unknown().optional(),
  actions: z.array(z.array(z.custom<Action>())),
});

const CONTINUE_AS_NEW = 4;

/** An execution as far as it went here. */
export interface SeenExecution extends RecordedExecution {
  /** What the newest episode decided: all actions since the beginning. Absent while it is under way, or where it threw. */
  readonly actions?: readonly Action[];
}

/** How an execution ended, as a replay says it. */
function endOf(actions: readonly Action[], output: unknown): NonNullable<RecordedExecution['end']> {
  const next = actions.find(({ actionType }) => actionType === CONTINUE_AS_NEW);
  return next ? { continuedWith: next.input } : { output: output ?? null };
}

export class Executions {
  /** By execution, the newest episode's payload. */
  readonly #executions = new Map<string, SeenExecution>();
  readonly #completed = new Set<string>();
  /** Instances whose next execution is no start of theirs. */
  readonly #continuing = new Set<string>();

  constructor(private readonly ledger: Pick<Ledger, 'record'>) {}

  /** Takes what an orchestrator is told at the beginning of an episode, and by which host; gives the execution's id. */
  begin(name: string, payload: string, host = 0): string {
    const { instanceId, history } = PAYLOAD.parse(JSON.parse(payload));
    const started = STARTED.parse(history.find((event) => event.EventType === 0));
    const executionId = started.OrchestrationInstance.ExecutionId;
    const isNew = !this.#executions.has(executionId);
    this.#executions.set(executionId, { instanceId, executionId, name, input: started.Input, history });
    if (isNew && !this.#continuing.delete(instanceId))
      this.#record('orchestration.started', instanceId, { name, host });
    return executionId;
  }

  /** Takes what the orchestrator decided: the worker's answer as JSON; undefined where it threw. */
  end(executionId: string, answer: string | undefined): void {
    const execution = this.#executions.get(executionId);
    if (!execution || this.#completed.has(executionId)) return;
    const { instanceId, name } = execution;
    const decided = answer === undefined ? undefined : DECISIONS.parse(JSON.parse(answer));
    if (decided) {
      const actions = decided.actions.flat();
      const end = decided.isDone ? { end: endOf(actions, decided.output) } : {};
      this.#executions.set(executionId, { ...execution, actions, ...end });
    }
    if (decided && !decided.isDone) return;
    this.#completed.add(executionId);
    if (decided?.actions.flat().some(({ actionType }) => actionType === CONTINUE_AS_NEW)) {
      this.#continuing.add(instanceId);
      return;
    }
    this.#record('orchestration.completed', instanceId, { name, status: decided ? 'Completed' : 'Failed' });
  }

  /** Every execution of an instance, with the history that its orchestrator got last. */
  of(instanceId: string): readonly SeenExecution[] {
    return [...this.#executions.values()].filter((one) => one.instanceId === instanceId);
  }

  /** Every instance, in the order of their first episodes. */
  instances(): readonly { instanceId: string; name: string }[] {
    const names = new Map([...this.#executions.values()].map(({ instanceId, name }) => [instanceId, name]));
    return [...names].map(([instanceId, name]) => ({ instanceId, name }));
  }

  #record(operation: string, subject: string, detail: Readonly<Record<string, unknown>>): void {
    this.ledger.record({ service: 'host', operation, subject, detail });
  }
}
