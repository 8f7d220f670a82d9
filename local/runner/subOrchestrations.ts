/** Sub-orchestrations: an instance that another starts, and that tells it how it ended. */
import type { Backend } from './backend.js';
import { type Decision, EventType, type HistoryEvent } from './history.js';
import type { Instances } from './instances.js';
import type { Instance } from './state.js';

export class SubOrchestrations {
  constructor(
    private readonly backend: Pick<Backend, 'state' | 'event'>,
    private readonly instances: Pick<Instances, 'start' | 'postTo'>,
  ) {}

  /** Starts the instance that the decision asks for. One that cannot be started has failed, for its parent. */
  start(parent: Instance, decision: Decision): void {
    const { instanceId, executionId, name } = parent;
    const taskId = decision.EventId;
    const existing = this.backend.state.instances[decision.InstanceId ?? ''];
    // The same message once more, after a crash between sending it and recording that.
    if (existing?.parent?.executionId === executionId && existing.parent.taskId === taskId) return;
    try {
      this.instances.start(decision.Name ?? '', decision.Input ?? null, decision.InstanceId, {
        instanceId,
        executionId,
        taskId,
        name,
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      parent.inbox.push(this.#failed(taskId, why, why));
    }
  }

  /**
   * A finished instance tells its parent, where it has one whose execution still goes on.
   *
   * @param details of a failure
   */
  tellParent({ parent, status, output }: Instance, details: string | undefined): void {
    if (!parent) return;
    const event =
      status === 'Completed'
        ? this.backend.event(EventType.SubOrchestrationInstanceCompleted, {
            TaskScheduledId: parent.taskId,
            Result: output,
          })
        : this.#failed(parent.taskId, plainText(output) ?? status, details);
    this.instances.postTo(parent.instanceId, parent.executionId, event);
  }

  #failed(taskId: number, why: string, details: string | undefined): HistoryEvent {
    return this.backend.event(EventType.SubOrchestrationInstanceFailed, {
      TaskScheduledId: taskId,
      Reason: why,
      Details: details ?? null,
      FailureDetails: null,
    });
  }
}

/** An output that is a text, without the quotes of JSON. */
function plainText(output: string | null): string | null {
  const value: unknown = output === null ? null : JSON.parse(output);
  return typeof value === 'string' ? value : output;
}
