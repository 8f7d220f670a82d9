/** What a second host sends that runs the same episode: it decides by the same history, a moment later. */
import { runEpisode } from './episode.js';
import type { EpisodeOutcome } from './episodeOutcome.js';
import { type Decision, EventType, type HistoryEvent } from './history.js';
import type { Invoker } from './invoke.js';
import type { Replayable, SchemaVersion } from './orchestratorCall.js';
import type { FaultPoint } from './state.js';

/** How much later the second host began: as long as a step takes on the real extension. */
const LATER_MS = 120;

/** Runs the episode a second time; `history` ends with what the episode itself took. */
export function runEpisodeAgain(
  invoker: Invoker,
  instance: Replayable,
  history: readonly HistoryEvent[],
  schema: SchemaVersion,
): Promise<EpisodeOutcome> {
  const began = history.findLastIndex((event) => event.EventType === EventType.OrchestratorStarted);
  return runEpisode(
    invoker,
    instance,
    history.map((event, index) =>
      index === began ? { ...event, Timestamp: later(event.Timestamp) } : event,
    ),
    schema,
  );
}

/** At which point, and under which subject, a message may be told to come twice; a timer that fires twice is one. */
export function sendPoint(
  decision: Decision,
  instanceId: string,
): { readonly point: FaultPoint; readonly where: Record<string, unknown> } | undefined {
  const { Name: name, InstanceId, EventId: taskId } = decision;
  switch (decision.EventType) {
    case EventType.TaskScheduled:
      return { point: 'send-activity', where: { name, instanceId, taskId } };
    case EventType.SubOrchestrationInstanceCreated:
      return { point: 'send-subOrchestration', where: { name, child: InstanceId, instanceId } };
    case EventType.EventSent: {
      const { op: operation } = JSON.parse(decision.Input ?? '{}') as { op?: string };
      if (operation === undefined) return undefined;
      const [, entity, ...key] = (InstanceId ?? '').split('@');
      return { point: 'send-entity', where: { name: entity, operation, key: key.join('@'), instanceId } };
    }
    default:
      return undefined;
  }
}

/** A time of .NET, with seven digits after the second. */
function later(timestamp: string): string {
  const milliseconds = new Date(Date.parse(timestamp) + LATER_MS).toISOString().slice(0, -1);
  return `${milliseconds}${timestamp.slice(milliseconds.length)}`;
}
