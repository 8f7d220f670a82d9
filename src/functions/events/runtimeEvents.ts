import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { matchProfiles } from '../../domain/configuration/profileMatching.js';
import type { RuntimeRunInput } from '../../domain/runs/inputs.js';
import { eventRunId } from '../../domain/runs/instanceIds.js';
import { ORCHESTRATIONS } from '../../domain/runs/runs.js';
import { displayRuntime } from '../../domain/values/runtimeId.js';
import { sameId } from '../../domain/values/sameId.js';
import { startOnce } from '../../durable/instances.js';
import type { FunctionDeps } from '../deps.js';

/**
 * One event about a resource. What is irrelevant ends here, with its reason in the log and success to Event Grid: no
 * retry could fix it. Throws, so that Event Grid delivers again, where the app itself cannot work.
 */
export async function runtimeEvents(
  event: unknown,
  context: InvocationContext,
  deps: FunctionDeps,
): Promise<void> {
  const judged = deps.kinds.readEvent(event);
  if (judged.kind === 'irrelevant') {
    if (judged.malformed) context.warn(`event ignored, malformed: ${judged.reason}`);
    else context.log(`event ignored: ${judged.reason}`);
    return;
  }
  const { runtime, change, eventId, eventType, eventTime, correlationId, caller } = judged;
  const name = displayRuntime(runtime);
  // The run that wrote it looks after it; what somebody else writes meanwhile has an event of its own.
  if (change === 'written' && isOwn(caller, deps)) {
    context.log(`event ignored: the app itself has written ${name}`);
    return;
  }
  const { profiles } = await deps.configuration();
  if (matchProfiles(profiles, runtime).kind === 'none') {
    context.log(`event ignored: no profile matches ${name}`);
    return;
  }
  const input: RuntimeRunInput = {
    action: 'enable',
    runtime,
    ...(change === 'deleted' ? { reportedDeleted: true } : {}),
    startedBy: {
      kind: 'event',
      eventId,
      eventType,
      eventTime,
      ...(correlationId ? { correlationId } : {}),
    },
    createdAt: deps.now().toISOString(),
  };
  const runId = eventRunId(runtime, eventId);
  const known = await startOnce(df.getClient(context), ORCHESTRATIONS.runtimeRun, runId, input);
  context.log(
    known
      ? `event known: run ${runId} of ${name} was started before`
      : `event taken: run ${runId} of ${name} started`,
  );
}

function isOwn(caller: string | undefined, deps: FunctionDeps): boolean {
  const { identityClientId } = deps.settings();
  return caller !== undefined && identityClientId !== undefined && sameId(caller, identityClientId);
}
