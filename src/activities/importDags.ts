import type { Steps } from '../domain/steps/steps.js';
import type { ActivityDeps } from './deps.js';
import { profileNamed } from './held.js';

type Step = Steps['importDags'];

/** Imports the DAG folder that the profile names; importing the same folder twice does no harm. */
export async function importDags(input: Step['input'], deps: ActivityDeps): Promise<Step['output']> {
  const profile = profileNamed(await deps.configuration(), input.profile);
  if ('kind' in profile) return profile;
  const source = profile.access.importDags;
  if (!source) return { kind: 'accepted' };
  const azure = await deps.azure();
  return azure.runtimes.deliverDags(input.runtime, source);
}
