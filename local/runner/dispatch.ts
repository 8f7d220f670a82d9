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
  readonly subOrchestrations: Pick<SubOrchestrations, 'start' | 'startAgain'>;
}

/** Sends one decision of an instance's episode. */
export function dispatch(to: Receivers, instance: Instance, decision: Decision): void {
  const { instanceId, executionId } = instance;
  const id = decision.EventId;
  switch (decision.EventType) {
    case EventType.TimerCreated:
      to.timers.add({ instanceId, executionId, timerId: id, fireAt: Date.parse(decision.FireAt ?? '') });
      break;
    case EventType.SubOrchestrationInstanceCreated:
      to.subOrchestrations.start(instance, decision);
      break;
    default:
      sendOn(to, instance, decision);
  }
}

/**
 * Sends one decision once more, as a second host does that ran the same episode. Nothing tells the two messages apart:
 * an activity runs twice, an entity's operation too, and a child is started anew. (A timer that fires twice is one.)
 */
export function dispatchAgain(to: Receivers, instance: Instance, decision: Decision): void {
  if (decision.EventType === EventType.SubOrchestrationInstanceCreated) {
    to.subOrchestrations.startAgain(instance, decision);
  } else sendOn(to, instance, decision);
}

function sendOn(to: Receivers, { instanceId, executionId }: Instance, decision: Decision): void {
  if (decision.EventType === EventType.TaskScheduled) {
    to.activities.add({
      instanceId,
      executionId,
      taskId: decision.EventId,
      name: decision.Name ?? '',
      input: decision.Input ?? '[null]',
      deliveries: 0,
    });
  } else if (decision.EventType === EventType.EventSent) {
    to.entities.send(decision.InstanceId ?? '', {
      ...(JSON.parse(decision.Input ?? '{}') as object),
      kind: decision.Name === 'release' ? 'release' : 'op',
    });
  }
}
