/** What an orchestrator asked for becomes a message to whoever carries it out. */
import type { Activities } from './activities.js';
import type { Entities } from './entities.js';
import { type Decision, EventType } from './history.js';
import type { Instance } from './state.js';
import type { SubOrchestrations } from './subOrchestrations.js';
import type { Timers } from './timers.js';

export interface Receivers {
  readonly activities: Pick<Activities, 'add'>;
  readonly timers: Pick<Timers, 'add'>;
  readonly entities: Pick<Entities, 'send'>;
  readonly subOrchestrations: Pick<SubOrchestrations, 'start'>;
}

/** Sends one decision of an instance's episode. After a crash the same decision may be sent once more. */
export function dispatch(to: Receivers, instance: Instance, decision: Decision): void {
  const { instanceId, executionId } = instance;
  const id = decision.EventId;
  switch (decision.EventType) {
    case EventType.TaskScheduled:
      to.activities.add({
        instanceId,
        executionId,
        taskId: id,
        name: decision.Name ?? '',
        input: decision.Input ?? '[null]',
        deliveries: 0,
      });
      break;
    case EventType.TimerCreated:
      to.timers.add({ instanceId, executionId, timerId: id, fireAt: Date.parse(decision.FireAt ?? '') });
      break;
    case EventType.SubOrchestrationInstanceCreated:
      to.subOrchestrations.start(instance, decision);
      break;
    case EventType.EventSent:
      to.entities.send(decision.InstanceId ?? '', {
        ...(JSON.parse(decision.Input ?? '{}') as object),
        kind: decision.Name === 'release' ? 'release' : 'op',
      });
      break;
  }
}
