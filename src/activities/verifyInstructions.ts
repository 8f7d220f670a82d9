import type { Activities } from '../domain/activities/activities.js';
import { isGenuine } from '../domain/runs/instructionSignature.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['verifyInstructions'];

/** Whether the app itself signed what runs were told. Without a key nothing is genuine. Reads and changes nothing. */
export async function verifyInstructions(
  { told }: Activity['input'],
  deps: ActivityDeps,
): Promise<Activity['output']> {
  const key = deps.signingKey();
  const genuine = told.map(
    ({ runId, instruction }) => key !== undefined && isGenuine(key, runId, instruction),
  );
  return { kind: 'verified', genuine };
}
