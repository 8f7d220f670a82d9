/** One episode: the SDK replays the orchestrator over the history, the walk finds what is new. */
import { type EpisodeOutcome, failed, failedUnheard, nonDeterministic } from './episodeOutcome.js';
import { guidOf } from './guid.js';
import { type Action, EventType, type HistoryEvent } from './history.js';
import type { Invoker } from './invoke.js';
import { tooLargeStatus } from './limits.js';
import {
  callOrchestrator,
  LONG_TIMER_INTERVAL,
  MAX_SHORT_TIMER,
  type Replayable,
  type SchemaVersion,
} from './orchestratorCall.js';
import { difference, differing } from './replay/compare.js';
import type { Confirmed } from './replay/decisions.js';
import { NonDeterminismError } from './replay/nonDeterminism.js';
import { type WalkResult, walk } from './replay/walk.js';

/** Runs one episode over the whole history, its new events at the end. */
export async function runEpisode(
  invoker: Invoker,
  instance: Replayable,
  history: readonly HistoryEvent[],
  schema: SchemaVersion = 'V4',
): Promise<EpisodeOutcome> {
  if (!invoker.find(instance.name, 'orchestrationTrigger')) {
    const known = invoker.namesOf('orchestrationTrigger').map((name) => `'${name}'`);
    const why = `The function '${instance.name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: ${known.join(', ')}.`;
    return failedUnheard(instance, history, why);
  }
  const { output, context } = await callOrchestrator(invoker, instance, history, schema);
  const tooLarge =
    output.customStatus === undefined ? undefined : tooLargeStatus(JSON.stringify(output.customStatus));
  if (tooLarge !== undefined) return failedUnheard(instance, history, tooLarge);
  const actions = output.actions.flat();
  let walked: WalkResult;
  try {
    walked = walkOf(instance, history, actions);
    if (!output.isDone && output.error === undefined) compareOpenTasks(walked, context);
  } catch (error) {
    if (!(error instanceof NonDeterminismError)) throw error;
    return nonDeterministic(error);
  }
  const { cancelledTimers } = walked;
  const customStatus = output.customStatus === undefined ? {} : { customStatus: output.customStatus };
  if (output.isDone && walked.liveTimers.length > 0) {
    const { decisions } = walked;
    const timers = walked.liveTimers.join(', ');
    const why = `it ended with live timers (${timers}): a host shows it as running until they have fired. Cancel them.`;
    return failed(instance, why, decisions, cancelledTimers);
  }
  const ends = output.isDone || output.error !== undefined;
  if (!ends || walked.openTasks.length > 0) {
    // Also where the function has ended: what it left open is waited for.
    return { ...customStatus, kind: 'running', decisions: walked.decisions, cancelledTimers };
  }
  if (output.error !== undefined) {
    // Locks stay held: nobody releases them for an orchestrator that failed.
    return { ...customStatus, ...failed(instance, output.error, walked.decisions, cancelledTimers) };
  }
  const decisions = [...walked.decisions, ...walked.releaseLocks()];
  if (walked.continueAsNew) {
    const { input } = walked.continueAsNew;
    return { ...customStatus, kind: 'continueAsNew', input: jsonText(input), decisions, cancelledTimers };
  }
  const result = output.output === undefined || output.output === null ? null : JSON.stringify(output.output);
  return { ...customStatus, kind: 'completed', output: result, decisions, cancelledTimers };
}

/** How an execution ended: what it gave, or what it goes on with as new. */
export type ExecutionEnd = { readonly output: unknown } | { readonly continuedWith: unknown };

export type Replayed =
  | { readonly fits: true; readonly end: ExecutionEnd | undefined }
  | { readonly fits: false; readonly why: string };

/**
 * Replays a stored history of one execution against the orchestrator as it is now. Returns what does not fit, if
 * anything: then a change would break instances that are under way, or mean something else for them.
 *
 * @param end how it ended then; absent: it may end in any way
 */
export async function replayHistory(
  invoker: Invoker,
  recorded: Replayable,
  end?: ExecutionEnd,
): Promise<Replayed> {
  const { output } = await callOrchestrator(invoker, recorded, recorded.history, 'V4');
  const differences: string[] = [];
  let walked: WalkResult;
  try {
    walked = walkOf(recorded, recorded.history, output.actions.flat(), (known, decision, asked) => {
      const found = difference(known, decision, asked);
      if (found !== undefined) differences.push(found);
    });
  } catch (error) {
    if (error instanceof NonDeterminismError) return { fits: false, why: error.message };
    throw error;
  }
  const why = (text: string): Replayed => ({ fits: false, why: text });
  if (output.error !== undefined) return why(`it throws: ${output.error}`);
  if (walked.decisions.length > 0) {
    const names = walked.decisions.map(({ EventType: type, Name = '' }) => `${type} '${Name}'`).join(', ');
    return why(`it asks for what the history does not have: ${names}`);
  }
  const now = output.isDone ? endOf(walked, output.output) : undefined;
  const changed = end === undefined ? undefined : differing('its end', end, now);
  const [first] = changed === undefined ? differences : [...differences, changed];
  return first === undefined ? { fits: true, end: now } : why(first);
}

function endOf({ continueAsNew }: WalkResult, output: unknown): ExecutionEnd {
  return continueAsNew ? { continuedWith: continueAsNew.input } : { output: output ?? null };
}

function walkOf(
  instance: Replayable,
  history: readonly HistoryEvent[],
  actions: readonly Action[],
  confirmed?: Confirmed,
): WalkResult {
  // Ids of requests come of the episode's own time: what another execution of it asks has others.
  const began = history.findLast((event) => event.EventType === EventType.OrchestratorStarted);
  return walk({
    history,
    actions,
    instanceId: instance.instanceId,
    executionId: instance.executionId,
    maxShortTimerMs: MAX_SHORT_TIMER.ms,
    longTimerIntervalMs: LONG_TIMER_INTERVAL.ms,
    ...(confirmed ? { confirmed } : {}),
    guid: (eventId) => guidOf(`${instance.executionId}:${began?.Timestamp}:${eventId}`),
  });
}

/**
 * The SDK and the walk must wait for the same tasks. They differ where an orchestrator passes a task that is already
 * scheduled to another `Task.any` or `Task.all`: a host would schedule it again.
 */
function compareOpenTasks(walked: WalkResult, context: object): void {
  const executor = (context as { df?: { taskOrchestratorExecutor?: { openTasks?: object } } }).df
    ?.taskOrchestratorExecutor;
  if (!executor?.openTasks) return;
  const fromSdk = new Set(Object.keys(executor.openTasks));
  const requests = new Map<string, string>();
  for (const decision of walked.decisions) {
    const request = decision.Input?.startsWith('{')
      ? (JSON.parse(decision.Input) as { id?: string }).id
      : undefined;
    if (request !== undefined) requests.set(request, String(decision.EventId));
  }
  // The SDK files a call of an entity under its event's id until the request is in the history, then under the request's.
  const fromWalk = new Set(walked.open.map((id) => requests.get(String(id)) ?? String(id)));
  const differing = [
    ...[...fromWalk].filter((id) => !fromSdk.has(id)),
    ...[...fromSdk].filter((id) => !fromWalk.has(id)),
  ];
  if (differing.length === 0) return;
  throw new NonDeterminismError(
    `Host and SDK disagree on the open tasks (${differing.join(', ')}): a task that was scheduled before was passed to another Task.any or Task.all.`,
  );
}

/** A text that continues as new arrives as JSON text already, anything else as a value. */
function jsonText(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === 'string' ? input : JSON.stringify(input);
}
