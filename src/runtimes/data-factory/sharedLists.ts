import type { CallFailure } from '../../domain/problems/callResult.js';
import { canonicalRuntimeId, type RuntimeId } from '../../domain/values/runtimeId.js';
import { caseless } from '../../domain/values/sameId.js';
import type { ListedRuntime, ListedRuntimes } from '../port.js';
import { batchOf, type FactoryNames, namesIn } from './resourceId.js';

type Listed = ReadonlyMap<string, ListedRuntime>;

/** A fleet's factories, for the moments of two rounds. */
const MOST_LISTS = 500;

/** Lists of factories, each for one moment: whoever waits for a runtime of the factory looks into the same one. */
export class SharedLists {
  readonly #lists = new Map<string, Promise<Listed | CallFailure>>();

  constructor(private readonly list: (factory: FactoryNames) => Promise<ListedRuntimes | CallFailure>) {}

  /**
   * A runtime as the factory's list of this moment shows it. The list is made after the moment has come, by whoever asks
   * first, and kept in the memory of this process: an app of several instances makes one for each.
   *
   * @returns the listed runtime; `undefined`: the list has none of this id
   */
  async find(id: RuntimeId, moment: number): Promise<ListedRuntime | undefined | CallFailure> {
    const names = namesIn(id);
    const key = caseless(`${batchOf(names).key}@${moment}`);
    const known = this.#lists.get(key) ?? this.#byId(names);
    this.#lists.set(key, known);
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > MOST_LISTS && oldest !== undefined) this.#lists.delete(oldest);
    const listed = await known;
    if ('kind' in listed) {
      // Whoever asks again later makes a new list.
      this.#lists.delete(key);
      return listed;
    }
    return listed.get(canonicalRuntimeId(id));
  }

  async #byId({ subscription, resourceGroup, factory }: FactoryNames): Promise<Listed | CallFailure> {
    const listed = await this.list({ subscription, resourceGroup, factory });
    if (listed.kind !== 'listed') return listed;
    return new Map(listed.runtimes.map((runtime) => [canonicalRuntimeId(runtime.id), runtime]));
  }
}
