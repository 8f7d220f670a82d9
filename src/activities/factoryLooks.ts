import type { CallFailure } from '../domain/problems/callResult.js';
import type { SharedLook } from '../domain/steps/runtimeSteps.js';
import { canonicalRuntimeId, type RuntimeId } from '../domain/values/runtimeId.js';
import { caseless } from '../domain/values/sameId.js';
import type { AirflowRuntimes, ListedRuntime } from '../runtimes/port.js';

type Listed = ReadonlyMap<string, ListedRuntime>;

/** Lists of factories, each for one moment: whoever waits for a runtime of the factory looks into the same one. */
const lists = new Map<string, Promise<Listed | CallFailure>>();
/** A fleet's factories, for the moments of two rounds. */
const MOST_LISTS = 500;

/**
 * A runtime as the factory's list of this moment shows it. The list is made after the moment has come, by whoever asks
 * first, and kept in the memory of this process: an app of several instances makes one for each.
 *
 * @returns the listed runtime; `undefined`: the list has none of this id
 */
export async function lookTogether(
  runtimes: AirflowRuntimes,
  id: RuntimeId,
  { moment }: SharedLook,
): Promise<ListedRuntime | undefined | CallFailure> {
  const { subscription, resourceGroup, factory } = id;
  const key = caseless(`${subscription}/${resourceGroup}/${factory}@${moment}`);
  const known = lists.get(key) ?? list(runtimes, id);
  lists.set(key, known);
  const [oldest] = lists.keys();
  if (lists.size > MOST_LISTS && oldest !== undefined) lists.delete(oldest);
  const listed = await known;
  if ('kind' in listed) {
    // Whoever asks again later makes a new list.
    lists.delete(key);
    return listed;
  }
  return listed.get(canonicalRuntimeId(id));
}

async function list(
  runtimes: AirflowRuntimes,
  { subscription, resourceGroup, factory }: RuntimeId,
): Promise<Listed | CallFailure> {
  const listed = await runtimes.list({ subscription, resourceGroup, factory, name: '*' });
  if (listed.kind !== 'listed') return listed;
  return new Map(listed.runtimes.map((runtime) => [canonicalRuntimeId(runtime.id), runtime]));
}
