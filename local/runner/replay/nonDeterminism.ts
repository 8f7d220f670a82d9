/** What the Durable Task Framework says where a replay does not ask for what the history has, in its own words. */
import { EventType, type HistoryEvent } from '../history.js';

export class NonDeterminismError extends Error {
  constructor(why: string) {
    super(`Non-Deterministic workflow detected: ${why}`);
  }
}

/** What is asked for, by the framework's names. */
const ACTIONS = new Map<number, string>([
  [EventType.TaskScheduled, 'ScheduleTaskOrchestratorAction'],
  [EventType.SubOrchestrationInstanceCreated, 'CreateSubOrchestrationAction'],
  [EventType.TimerCreated, 'CreateTimerOrchestratorAction'],
  [EventType.EventSent, 'SendEventOrchestratorAction'],
]);

const QUESTION =
  'Was a change made to the orchestrator code after this instance had already started running?';

/** The history has something that the replay has not asked for when it comes there. */
export function notAskedFor(known: HistoryEvent): NonDeterminismError {
  const { EventId: id, Name: name = '', EventType: type } = known;
  const version = `version '${String(known['Version'] ?? '')}'`;
  const what = {
    [EventType.TaskScheduled]: `an activity task with sequence ID ${id} and name '${name}' (${version}),`,
    [EventType.SubOrchestrationInstanceCreated]: `a sub-orchestration task with sequence ID ${id} and name '${name}' (${version}, instance ID '${known.InstanceId ?? ''}'),`,
    [EventType.TimerCreated]: `a timer task with sequence number ${id}`,
  }[type];
  const event = `a send event task with sequence ID ${id}, type 'EventSent' name '${name}', instance ID '${known.InstanceId ?? ''}',`;
  return new NonDeterminismError(
    `A previous execution of this orchestration scheduled ${what ?? event} but the current replay execution hasn't (yet?) scheduled this task. ${QUESTION}`,
  );
}

/** The replay asks for another kind of thing. */
export function askedForOther(known: HistoryEvent, asked: number): NonDeterminismError {
  const { EventId: id, Name: name = '', EventType: type } = known;
  const action = ACTIONS.get(asked) ?? '';
  const instead = 'but the current orchestration replay instead';
  const what =
    type === EventType.TaskScheduled || type === EventType.TimerCreated
      ? `${type === EventType.TimerCreated ? 'a timer' : 'an activity'} task with sequence number ${id} named ${type === EventType.TimerCreated ? '' : `'${name}', `}${instead} produced a ${action} action with this sequence number.`
      : type === EventType.SubOrchestrationInstanceCreated
        ? `a sub-orchestration task with sequence ID ${id} and name '${name}' (version '${String(known['Version'] ?? '')}', instance ID '${known.InstanceId ?? ''}'), ${instead} produced a ${action} action at this sequence number.`
        : `a send event task with sequence ID ${id}, type 'EventSent', name '${name}', instance ID '${known.InstanceId ?? ''}', ${instead} scheduled a ${action} task at this sequence number.`;
  return new NonDeterminismError(`A previous execution of this orchestration scheduled ${what} ${QUESTION}`);
}

/** The replay asks for the same kind of thing by another name. */
export function askedForOtherName(known: HistoryEvent, name: string): NonDeterminismError {
  const { EventId: id, EventType: type } = known;
  const instead = 'but the current orchestration replay instead scheduled';
  const what =
    type === EventType.TaskScheduled
      ? `an activity task with sequence number ${id} named '${known.Name ?? ''}', ${instead} an activity task named '${name}' with this sequence number. `
      : `a sub-orchestration task with sequence ID ${id} and name '${known.Name ?? ''}' (version '${String(known['Version'] ?? '')}', instance ID '${known.InstanceId ?? ''}'), ${instead} a sub-orchestration task with name ${name} at this sequence number.`;
  return new NonDeterminismError(`A previous execution of this orchestration scheduled ${what} ${QUESTION}`);
}

/** The replay sends to another entity: the framework does not notice. */
export function askedOtherEntity(known: HistoryEvent, instanceId: string): NonDeterminismError {
  return new NonDeterminismError(
    `event ${known.EventId} of the history went to ${known.InstanceId ?? ''}, the replay sends it to ${instanceId}. (The durable extension would not notice.)`,
  );
}
