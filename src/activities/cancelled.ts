import { isGenuine } from '../domain/runs/instructionSignature.js';
import { instructionsOf } from '../domain/runs/runControl.js';
import type { ActivityDeps, DurableState } from './deps.js';

/** Whether somebody who may has cancelled one of these runs. What the app did not sign does not count. */
export async function isAnyCancelled(
  runIds: readonly string[],
  deps: Pick<ActivityDeps, 'signingKey'>,
  durable: Pick<DurableState, 'runControl'>,
): Promise<boolean> {
  const key = deps.signingKey();
  const isCancelled = async (id: string): Promise<boolean> => {
    const cancels = instructionsOf(await durable.runControl(id), 'cancel');
    return key !== undefined && cancels.some((cancel) => isGenuine(key, id, cancel));
  };
  return (await Promise.all(runIds.map(isCancelled))).includes(true);
}
