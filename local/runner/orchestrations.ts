/**
 * Runs orchestrations: one episode of an instance at a time, as long as its inbox has something. All that an episode
 * changes is changed in one synchronous block, so that a snapshot between two turns of the event loop is whole.
 */
import type { Backend } from './backend.js';
import { dispatch, type Receivers } from './dispatch.js';
import { type EpisodeOutcome, runEpisode, workerGone } from './episode.js';
import { EventType, type HistoryEvent } from './history.js';
import { suspendOrResume, takeable, waitWhileSuspended } from './inbox.js';
import type { EpisodeEvents, Instances } from './instances.js';
import { type Instance, isFinished, type RuntimeStatus } from './state.js';
import type { SubOrchestrations } from './subOrchestrations.js';
import type { Timers } from './timers.js';

export interface OrchestrationParts extends Receivers {
  readonly instances: Pick<Instances, 'checkpoint' | 'continueAsNew' | 'finish'>;
  readonly timers: Pick<Timers, 'add' | 'drop' | 'dropAllOf'>;
  readonly subOrchestrations: Pick<SubOrchestrations, 'start' | 'tellParent'>;
}

export class Orchestrations {
  readonly #running = new Set<string>();

  constructor(
    private readonly backend: Pick<Backend, 'invoker' | 'event' | 'seen' | 'fault' | 'work' | 'changed'>,
    private readonly parts: OrchestrationParts,
  ) {}

  /** Runs episodes of an instance where there is something for it; nothing where one is under way. */
  wake(instance: Instance): void {
    const id = instance.instanceId;
    if (this.#running.has(id) || isFinished(instance) || takeable(instance).length === 0) return;
    this.#running.add(id);
    this.backend.work(async () => {
      try {
        await this.#episode(instance);
      } finally {
        this.#running.delete(id);
      }
      this.wake(instance);
    });
  }

  async #episode(instance: Instance): Promise<void> {
    const taken = takeable(instance);
    const terminated = taken.find((event) => event.EventType === EventType.ExecutionTerminated);
    suspendOrResume(instance, taken);
    const added = [this.backend.event(EventType.OrchestratorStarted, {}), ...taken];
    if (terminated) {
      this.#finish(instance, { added, taken }, 'Terminated', terminated.Input ?? null);
      return;
    }
    if (instance.suspended) {
      instance.status = 'Suspended';
      await waitWhileSuspended(instance, taken);
      return;
    }
    instance.measures.episodes++;
    const { instanceId, name, measures } = instance;
    const where = { instanceId, name, episode: measures.episodes };
    const outcome = await this.#run(instance, [...instance.history, ...added], where);

    // From here on one synchronous block, except where a fault asks for a crash between messages and history.
    this.#send(instance, outcome, added);
    this.backend.fault('after-dispatch', where);
    this.#commit(instance, outcome, { added, taken });
    this.backend.changed();
  }

  async #run(
    instance: Instance,
    history: readonly HistoryEvent[],
    where: Record<string, unknown>,
  ): Promise<EpisodeOutcome> {
    if (this.backend.fault('before-orchestrator', where) === 'workerGone') return workerGone(instance);
    const outcome = await runEpisode(this.backend.invoker, instance, history);
    return this.backend.fault('after-orchestrator', where) === 'workerGone' ? workerGone(instance) : outcome;
  }

  /** The messages of an episode go out before its history is written: after a crash between the two, once more. */
  #send(instance: Instance, outcome: EpisodeOutcome, added: EpisodeEvents['added']): void {
    if (outcome.customStatus !== undefined) {
      instance.customStatus = outcome.customStatus;
      this.backend.seen(instance, JSON.stringify(outcome.customStatus));
    }
    for (const decision of outcome.decisions) {
      added.push({ ...this.backend.event(decision.EventType, {}), ...decision });
      dispatch(this.parts, instance, decision);
    }
    for (const timerId of outcome.cancelledTimers) this.parts.timers.drop(instance.executionId, timerId);
  }

  #commit(instance: Instance, outcome: EpisodeOutcome, events: EpisodeEvents): void {
    switch (outcome.kind) {
      case 'running':
        this.parts.instances.checkpoint(instance, events);
        break;
      case 'continueAsNew':
        this.parts.timers.dropAllOf(instance.executionId);
        this.parts.instances.continueAsNew(instance, events, outcome.input);
        break;
      case 'completed':
        this.#finish(instance, events, 'Completed', outcome.output);
        break;
      case 'failed':
        this.#finish(instance, events, 'Failed', outcome.output, outcome.details);
        break;
    }
  }

  #finish(
    instance: Instance,
    events: EpisodeEvents,
    status: RuntimeStatus,
    output: string | null,
    details?: string,
  ): void {
    this.parts.timers.dropAllOf(instance.executionId);
    this.parts.instances.finish(instance, events, status, output);
    this.parts.subOrchestrations.tellParent(instance, details);
  }
}
