import type { Steps } from '../../domain/steps.js';
import type { ActivityDeps, DurableState } from '../deps.js';

type Step = Steps['launchRun'];

/** Starts a run beside the one that asks. Repeated, it finds the one that it started. */
export async function launchRun(
  { orchestration, runId, input }: Step['input'],
  _deps: ActivityDeps,
  durable: DurableState,
): Promise<Step['output']> {
  await durable.startOnce(orchestration, runId, input);
  return { kind: 'started' };
}
