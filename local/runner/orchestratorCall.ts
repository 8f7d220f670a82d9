/** Calls an orchestrator function: what the host gives it, and what it gives back. */
import type { HistoryEvent, OrchestratorOutput } from './history.js';
import { InvocationFailure, type Invoker } from './invoke.js';
import type { Instance } from './state.js';

/** The Azure Storage back end's limits for timers; a longer one is a chain. */
export const MAX_SHORT_TIMER = { text: '6.00:00:00', ms: 6 * 24 * 3600_000 };
export const LONG_TIMER_INTERVAL = { text: '3.00:00:00', ms: 3 * 24 * 3600_000 };
/** Versions of the schema of actions, and what the host offers the SDK for each. */
const SCHEMAS = { V3: 2, V4: 3 } as const;
/** V3 is of extensions that know no critical sections of JavaScript orchestrators. */
export type SchemaVersion = keyof typeof SCHEMAS;
/** Where the SDK puts an orchestrator's state into the error that it throws. */
const OUT_OF_PROCESS = '\n\n$OutOfProcData$:';

export interface Replayable {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly input: string | null;
  readonly history: readonly HistoryEvent[];
  readonly parent: Instance['parent'];
}

/** Lets the SDK replay an orchestrator over a history. Throws where there is no such function. */
export async function callOrchestrator(
  invoker: Invoker,
  instance: Replayable,
  history: readonly HistoryEvent[],
  schema: SchemaVersion,
): Promise<{ output: OrchestratorOutput; context: object }> {
  const found = invoker.find(instance.name, 'orchestrationTrigger');
  if (!found) throw new Error(`There is no orchestrator function named '${instance.name}'.`);
  const payload = {
    history,
    input: instance.input === null ? null : (JSON.parse(instance.input) as unknown),
    instanceId: instance.instanceId,
    isReplaying: instance.history.length > 0,
    parentInstanceId: instance.parent?.instanceId ?? null,
    sourceInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: SCHEMAS[schema],
    longRunningTimerIntervalDuration: LONG_TIMER_INTERVAL.text,
    maximumShortTimerDuration: MAX_SHORT_TIMER.text,
    // The host spells it so.
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
  try {
    const { returnValue, context } = await invoker.invoke(found, { string: JSON.stringify(payload) });
    return { output: JSON.parse(returnValue?.json ?? '{}') as OrchestratorOutput, context };
  } catch (error) {
    if (!(error instanceof InvocationFailure)) throw error;
    const at = error.message.indexOf(OUT_OF_PROCESS);
    const output: OrchestratorOutput =
      at < 0
        ? { isDone: false, actions: [[]], error: error.message }
        : (JSON.parse(error.message.slice(at + OUT_OF_PROCESS.length)) as OrchestratorOutput);
    return { output, context: error.context };
  }
}
