import type { Activities } from '../domain/activities/activities.js';
import { profileNamed } from './configured.js';
import type { ActivityDeps } from './deps.js';

type Activity = Activities['importDags'];

/** Imports the DAG folder that the profile names; importing the same folder twice does no harm. */
export async function importDags(input: Activity['input'], deps: ActivityDeps): Promise<Activity['output']> {
  const profile = profileNamed(await deps.configuration(), input.profile);
  if ('kind' in profile) return profile;
  const source = profile.access.importDags;
  if (!source) return { kind: 'accepted' };
  const azure = await deps.azure();
  return azure.runtimes.deliverDags(input.runtime, source);
}
