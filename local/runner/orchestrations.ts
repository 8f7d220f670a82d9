/**
 * Runs orchestrations: one episode of an instance at a time, as long as its inbox has something. All that an episode
 * changes is changed in one synchronous block, so that a snapshot between two turns of the event loop is whole.
 */
import type { Duplicate } from '../kernel/types.js';
import type { Backend } from './backend.js';
import { dispatch, type Receivers } from './dispatch.js';
import type { Duplicates } from './duplicates.js';
import { runEpisode } from './episode.js';
import { type EpisodeOutcome, terminated, workerGone } from './episodeOutcome.js';
import { type Decision, EventType, type HistoryEvent } from './history.js';
import { keepWhileSuspended, suspendOrResume, takeable } from './inbox.js';
import type { EpisodeEvents, Instances } from './instances.js';
import type { SchemaVersion } from './orchestratorCall.js';
import { runEpisodeAgain, sendPoint } from './secondRun.js';
import { type Instance, isFinished, type NewInstance, type RuntimeStatus } from './state.js';
import type { SubOrchestrations } from './subOrchestrations.js';
import type { Timers } from './timers.js';
import { VERSION_MISMATCH, type VersionSettings, verdict } from './versions.js';

export interface OrchestrationParts extends Receivers {
  readonly instances: Pick<Instances, 'isCurrent' | 'checkpoint' | 'show' | 'continueAsNew' | 'finish'>;
  readonly timers: Pick<Timers, 'add' | 'drop' | 'dropAllOf'>;
  readonly subOrchestrations: Pick<SubOrchestrations, 'start' | 'tellParent'>;
  readonly duplicates: Pick<Duplicates, 'send' | 'sendAgain' | 'continueAgain' | 'ended'>;
}

export interface OrchestrationOptions {
  readonly versions: VersionSettings;
  /** The schema of actions that is offered to the SDK. */
  readonly schema: SchemaVersion;
}

export class Orchestrations {
  readonly #running = new Set<string>();

  constructor(
    private readonly backend: Pick<
      Backend,
      'state' | 'invoker' | 'event' | 'seen' | 'fault' | 'duplicate' | 'step' | 'record' | 'changed'
    >,
    private readonly parts: OrchestrationParts,
    private readonly options: OrchestrationOptions,
  ) {}

  /** Runs episodes of an instance where there is something for it; nothing where one is under way. */
  wake(instance: Instance): void {
    const id = instance.instanceId;
    if (this.#running.has(id) || !this.#isDue(instance)) return;
    this.#running.add(id);
    this.backend.step(`orchestrator ${instance.name}`, async () => {
      try {
        if (this.#isDue(instance)) await this.#episode(instance);
      } finally {
        this.#running.delete(id);
      }
      const current = this.backend.state.instances[id];
      if (current) this.wake(current);
    });
  }

  #isDue(instance: Instance): boolean {
    return (
      this.parts.instances.isCurrent(instance) &&
      !isFinished(instance) &&
      takeable(instance).length > 0 &&
      verdict(instance, this.options.versions) !== 'wait'
    );
  }

  async #episode(instance: Instance): Promise<void> {
    const taken = takeable(instance);
    const termination = taken.find((event) => event.EventType === EventType.ExecutionTerminated);
    suspendOrResume(instance, taken);
    const added = [this.backend.event(EventType.OrchestratorStarted, {}), ...taken];
    if (termination) {
      this.#finish(instance, { added, taken }, 'Terminated', termination.Input ?? null);
      return;
    }
    if (instance.suspended) {
      keepWhileSuspended(instance);
      this.parts.instances.show(instance, 'Suspended');
      return;
    }
    if (verdict(instance, this.options.versions) === 'fail') {
      this.#finish(instance, { added, taken }, 'Failed', JSON.stringify(VERSION_MISMATCH));
      return;
    }
    const { instanceId, name, measures, parent } = instance;
    if (measures.episodes === 0) {
      this.backend.record('orchestration.started', instanceId, {
        name,
        ...(parent ? { parent: parent.instanceId } : {}),
      });
    }
    measures.episodes++;
    const where = { instanceId, name, episode: measures.episodes };
    const history = [...instance.history, ...added];
    const outcome = await this.#run(instance, history, where);
    // Somebody took its place meanwhile: nothing of it counts any more.
    if (!this.parts.instances.isCurrent(instance)) return;
    const twice = this.#struck(instance, outcome);
    const others = twice.size > 0 ? (await this.#runAgain(instance, history)).decisions : [];
    if (!this.parts.instances.isCurrent(instance)) return;

    // From here on one synchronous block, except where a fault asks for a crash between messages and history.
    this.#send(instance, outcome, added, (decision) => {
      const fault = twice.get(decision.EventId);
      if (!fault) return dispatch(this.parts, instance, decision);
      const other = others.find(({ EventId }) => EventId === decision.EventId) ?? decision;
      this.parts.duplicates.send(instance, decision, other, fault);
    });
    const all = this.backend.duplicate('after-dispatch', where);
    const next = outcome.kind === 'continueAsNew' ? this.#nextOf(instance, outcome.input) : undefined;
    const nextTwice = next && this.backend.duplicate('send-continueAsNew', { name, instanceId });
    // As it is now: a commit changes it, and its events.
    const before = { ...instance };
    const asked = all ? history.map((event) => ({ ...event })) : [];
    this.#commit(instance, outcome, { added, taken });
    if (next && nextTwice) this.parts.duplicates.continueAgain(before, next, nextTwice);
    this.backend.changed();
    if (all) this.#allAgain(before, await this.#runAgain(before, asked), all);
  }

  async #run(
    instance: Instance,
    history: readonly HistoryEvent[],
    where: Record<string, unknown>,
  ): Promise<EpisodeOutcome> {
    const fault = this.backend.fault('before-orchestrator', where);
    if (fault === 'terminate') return terminated('Terminated by a fault.');
    if (fault === 'workerGone') return workerGone(instance, history);
    const outcome = await runEpisode(this.backend.invoker, instance, history, this.options.schema);
    return this.backend.fault('after-orchestrator', where) === 'workerGone'
      ? workerGone(instance, history)
      : outcome;
  }

  #runAgain(instance: Instance, history: readonly HistoryEvent[]): Promise<EpisodeOutcome> {
    return runEpisodeAgain(this.backend.invoker, instance, history, this.options.schema);
  }

  /** Which of an episode's messages are to come twice, by the ids of their events. */
  #struck({ instanceId }: Instance, { decisions }: EpisodeOutcome): Map<number, Duplicate> {
    const struck = new Map<number, Duplicate>();
    for (const decision of decisions) {
      const at = sendPoint(decision, instanceId);
      const fault = at && this.backend.duplicate(at.point, at.where);
      if (fault) struck.set(decision.EventId, fault);
    }
    return struck;
  }

  /**
   * The messages of an episode go out before its history is written. After a crash between the two the episode runs
   * again, and so sends all of them again.
   */
  #send(
    instance: Instance,
    outcome: EpisodeOutcome,
    added: EpisodeEvents['added'],
    send: (decision: Decision) => void,
  ): void {
    if (outcome.customStatus !== undefined) {
      instance.customStatus = outcome.customStatus;
      this.backend.seen(instance, JSON.stringify(outcome.customStatus));
    } else if (instance.history.length > 0) {
      // The status is what this episode set. The first of a new execution carries that of the old one over.
      instance.customStatus = null;
    }
    for (const decision of outcome.decisions) {
      added.push({ ...this.backend.event(decision.EventType, {}), ...decision });
      send(decision);
    }
    for (const timerId of outcome.cancelledTimers) this.parts.timers.drop(instance.executionId, timerId);
  }

  /** As if another host had run this episode, too: all its messages once more. */
  #allAgain(sender: Instance, second: EpisodeOutcome, fault: Duplicate): void {
    this.parts.duplicates.sendAgain(sender, second.decisions, fault);
    if (second.kind === 'continueAsNew') {
      this.parts.duplicates.continueAgain(sender, this.#nextOf(sender, second.input), fault);
    }
    this.backend.changed();
  }

  #nextOf({ instanceId, name, parent, version }: Instance, input: string | null): NewInstance {
    return { instanceId, name, parent, version, input };
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
      case 'terminated':
        this.#finish(instance, events, 'Terminated', outcome.output);
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
    this.parts.duplicates.ended(instance.instanceId);
  }
}
