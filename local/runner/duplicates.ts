/**
 * Messages that come twice, where a fault asks for it. Azure Storage promises delivery at least once: two hosts run the
 * same episode (a lease that moves, a host that comes back), or a host dies between its messages and its checkpoint. The
 * second message is the one of another execution of the same episode: made a moment later, with an id of its own, so
 * that nothing tells it from a first.
 */
import type { Duplicate } from '../kernel/types.js';
import type { Backend } from './backend.js';
import { dispatch, type Receivers } from './dispatch.js';
import { type Decision, EventType } from './history.js';
import type { Instances } from './instances.js';
import {
  type EntityMessage,
  isFinished,
  type NewInstance,
  type PendingMessage,
  type Sender,
} from './state.js';

/** What has not begun cannot be replaced: `direct` is a second later for whatever starts an instance. */
const START_AGAIN_SECONDS = 1;

type Message = PendingMessage['message'];

export class Duplicates {
  constructor(
    private readonly backend: Pick<Backend, 'state' | 'clock' | 'messageId' | 'at' | 'record' | 'changed'>,
    private readonly to: Receivers,
    private readonly instances: Pick<Instances, 'accept'>,
  ) {}

  /** Sends a decision and its counterpart of another execution of the episode, in the order and at the times of the fault. */
  send(sender: Sender, decision: Decision, other: Decision, fault: Duplicate): void {
    const { mode = 'direct', take = 'first' } = fault;
    if (decision.EventType === EventType.TaskScheduled && mode === 'direct') {
      dispatch(this.to, sender, decision, { twice: take });
    } else if (take === 'first' || isStart(decision)) {
      dispatch(this.to, sender, decision);
      this.sendAgain(sender, [other], fault);
    } else {
      dispatch(this.to, sender, other, { unheard: true });
      this.sendAgain(sender, [decision], fault);
    }
  }

  /** Sends decisions for a second time. A timer is not among what comes twice: one that fires twice is one. */
  sendAgain(sender: Sender, decisions: readonly Decision[], fault: Duplicate): void {
    for (const decision of decisions) {
      if (decision.EventType === EventType.TimerCreated) continue;
      const starts = isStart(decision);
      const { instanceId, executionId, name } = sender;
      this.#post(instanceId, { sender: { instanceId, executionId, name }, decision }, fault, starts);
    }
  }

  /** A client's signal that is sent again; `afterEnd` is that of the instance that the entity is about. */
  signalAgain(entity: string, signal: EntityMessage, about: string, fault: Duplicate): void {
    this.#post(about, { entity, signal }, fault, false);
  }

  /** The new execution of an instance that continued as new begins once more. */
  continueAgain(sender: Sender, next: NewInstance, fault: Duplicate): void {
    this.#post(sender.instanceId, { continueAsNew: next }, fault, true);
  }

  /** What waited for the end of this instance comes when its time has passed. */
  ended(instanceId: string): void {
    for (const [id, pending] of Object.entries(this.backend.state.pending)) {
      if (pending.dueAt !== undefined || pending.afterEndOf?.instanceId !== instanceId) continue;
      pending.dueAt = this.backend.clock.now() + pending.afterEndOf.seconds * 1000;
      this.#arm(id, pending.dueAt);
    }
  }

  /** After a restart: everything that is on its way goes on. */
  resume(): void {
    for (const [id, { dueAt }] of Object.entries(this.backend.state.pending)) {
      if (dueAt !== undefined) this.#arm(id, dueAt);
    }
  }

  #post(
    instanceId: string,
    message: Message,
    { mode = 'direct', seconds = 0 }: Duplicate,
    starts: boolean,
  ): void {
    if (mode === 'direct' && !starts) {
      this.#deliver(message);
      return;
    }
    const id = this.backend.messageId();
    const run = mode === 'afterEnd' ? this.#runOf(instanceId) : undefined;
    if (run !== undefined) {
      this.backend.state.pending[id] = { message, afterEndOf: { instanceId: run, seconds } };
      return;
    }
    const dueAt = this.backend.clock.now() + (mode === 'direct' ? START_AGAIN_SECONDS : seconds) * 1000;
    this.backend.state.pending[id] = { message, dueAt };
    this.#arm(id, dueAt);
  }

  /** The instance at the top of those that wait for this one; `undefined` where that has ended. */
  #runOf(instanceId: string): string | undefined {
    const { instances } = this.backend.state;
    let top = instances[instanceId];
    for (let parent = top?.parent; parent && instances[parent.instanceId]; parent = top?.parent) {
      top = instances[parent.instanceId];
    }
    return top && !isFinished(top) ? top.instanceId : undefined;
  }

  #arm(id: string, dueAt: number): void {
    this.backend.at(dueAt, async () => {
      const pending = this.backend.state.pending[id];
      if (!pending) return;
      delete this.backend.state.pending[id];
      this.#deliver(pending.message);
      this.backend.changed();
    });
  }

  #deliver(message: Message): void {
    if ('continueAsNew' in message) {
      const { instanceId = '', name } = message.continueAsNew;
      this.backend.record('orchestration.repeated', instanceId, { name });
      this.instances.accept(message.continueAsNew);
    } else if ('signal' in message) this.to.entities.send(message.entity, message.signal);
    else if (isStart(message.decision)) {
      this.to.subOrchestrations.start(message.sender, message.decision, { again: true });
    } else dispatch(this.to, message.sender, message.decision);
  }
}

function isStart({ EventType: type }: Decision): boolean {
  return type === EventType.SubOrchestrationInstanceCreated;
}
