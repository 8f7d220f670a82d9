import { isGenuine } from '../domain/runs/instructionSignature.js';
import type { Steps } from '../domain/steps/steps.js';
import type { ActivityDeps } from './deps.js';

type Step = Steps['verifyInstructions'];

/** Whether the app itself signed what runs were told. Without a key nothing is genuine. Reads and changes nothing. */
export async function verifyInstructions(
  { told }: Step['input'],
  deps: ActivityDeps,
): Promise<Step['output']> {
  const key = deps.signingKey();
  const genuine = told.map(
    ({ runId, instruction }) => key !== undefined && isGenuine(key, runId, instruction),
  );
  return { kind: 'verified', genuine };
}
