/** What an orchestrator asked for becomes a message to whoever carries it out. */
import type { Activities } from './activities.js';
import type { Entities } from './entities.js';
import { type Decision, EventType } from './history.js';
import type { PendingActivity, Sender } from './state.js';
import type { SubOrchestrations } from './subOrchestrations.js';
import type { Timers } from './timers.js';

export interface Receivers {
  readonly activities: Pick<Activities, 'add'>;
  readonly timers: Pick<Timers, 'add'>;
  readonly entities: Pick<Entities, 'send'>;
  readonly subOrchestrations: Pick<SubOrchestrations, 'start'>;
}

/**
 * Sends one decision of an execution's episode.
 *
 * @param how what is special about an activity's message
 */
export function dispatch(
  to: Receivers,
  sender: Sender,
  decision: Decision,
  how: Pick<PendingActivity, 'twice' | 'unheard'> = {},
): void {
  const { instanceId, executionId } = sender;
  const id = decision.EventId;
  switch (decision.EventType) {
    case EventType.TimerCreated:
      to.timers.add({ instanceId, executionId, timerId: id, fireAt: Date.parse(decision.FireAt ?? '') });
      break;
    case EventType.SubOrchestrationInstanceCreated:
      to.subOrchestrations.start(sender, decision);
      break;
    case EventType.TaskScheduled:
      to.activities.add({
        instanceId,
        executionId,
        taskId: id,
        name: decision.Name ?? '',
        input: decision.Input ?? '[null]',
        deliveries: 0,
        ...how,
      });
      break;
    case EventType.EventSent:
      to.entities.send(decision.InstanceId ?? '', {
        ...(JSON.parse(decision.Input ?? '{}') as object),
        kind: decision.Name === 'release' ? 'release' : 'op',
      });
      break;
  }
}
