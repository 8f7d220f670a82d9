/** Sub-orchestrations: an instance that another starts, and that tells it how it ended. */
import type { Backend } from './backend.js';
import { type Decision, EventType } from './history.js';
import type { Instances } from './instances.js';
import type { Instance, Sender } from './state.js';

export class SubOrchestrations {
  constructor(
    private readonly backend: Pick<Backend, 'state' | 'event' | 'invoker' | 'record'>,
    private readonly instances: Pick<Instances, 'accept' | 'postTo'>,
  ) {}

  /**
   * Starts the instance that the decision asks for. One that has its id, live or ended, loses its place to it. Where
   * nobody knows the function, nothing is started, and the parent waits for ever.
   *
   * @param again the host sends it once more: whoever counts starts is told, also where the instance is gone by now
   */
  start(
    { instanceId, executionId, name }: Sender,
    decision: Decision,
    { again = false }: { readonly again?: boolean } = {},
  ): void {
    if (!this.backend.invoker.find(decision.Name ?? '', 'orchestrationTrigger')) return;
    // As after a crash, where the episode that decided it is played once more.
    const known = this.backend.state.instances[decision.InstanceId ?? '']?.parent;
    if (again || (known?.executionId === executionId && known.taskId === decision.EventId)) {
      this.backend.record('orchestration.repeated', decision.InstanceId ?? '', { name: decision.Name });
    }
    this.instances.accept({
      name: decision.Name ?? '',
      input: decision.Input ?? null,
      instanceId: decision.InstanceId ?? '',
      version: (decision['Version'] as string | undefined) || null,
      parent: { instanceId, executionId, taskId: decision.EventId, name },
    });
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
        : this.backend.event(EventType.SubOrchestrationInstanceFailed, {
            TaskScheduledId: parent.taskId,
            Reason: plainText(output) ?? status,
            Details: details ?? null,
            FailureDetails: null,
          });
    this.instances.postTo(parent.instanceId, parent.executionId, event);
  }
}

/** An output that is a text, without the quotes of JSON. */
function plainText(output: string | null): string | null {
  const value: unknown = output === null ? null : JSON.parse(output);
  return typeof value === 'string' ? value : output;
}
