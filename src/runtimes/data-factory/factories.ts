import { serviceError } from '../../azure/failures.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { canonicalRuntimeId } from '../../domain/values/runtimeId.js';
import { caseless } from '../../domain/values/sameId.js';
import type { ListedRuntime, ListedRuntimes, UnreadRuntime } from '../port.js';
import type { ArmClient } from './armClient.js';
import { armFailure } from './armFailure.js';
import { listFactories, listRuntimesOf } from './listing.js';
import { READ_FACTORIES, READ_RUNTIMES } from './needs.js';
import { placeOf } from './pattern.js';
import { type FactoryNames, factoryIdOf, type RuntimeNames } from './resourceId.js';

/** The factories of subscriptions, and lists of their runtimes. */
export class Factories {
  constructor(private readonly arm: ArmClient) {}

  /** The factories that a pattern matches. One that is named in full is not looked for. */
  async find(
    pattern: FactoryNames,
  ): Promise<{ readonly kind: 'listed'; readonly found: readonly FactoryNames[] } | CallFailure> {
    try {
      const { found } = await listFactories(await this.arm.of(pattern.subscription), pattern);
      return { kind: 'listed', found };
    } catch (error) {
      return armFailure(serviceError(error), 'listing factories', READ_FACTORIES, pattern);
    }
  }

  /** All runtimes, of any type, of the factories that a pattern matches. Their names may be any. */
  async list(pattern: RuntimeNames): Promise<ListedRuntimes | CallFailure> {
    const runtimes: ListedRuntime[] = [];
    let action = READ_FACTORIES;
    try {
      const client = await this.arm.of(pattern.subscription);
      const factories = await listFactories(client, pattern);
      const unread: UnreadRuntime[] = [...factories.unread];
      const complete: string[] = [];
      action = READ_RUNTIMES;
      for (const place of factories.found) {
        const listed = await listRuntimesOf(client, place);
        if (listed.kind !== 'listed') return listed;
        runtimes.push(...listed.runtimes);
        unread.push(...listed.unread);
        if (!listed.gone) complete.push(placeOf(factoryIdOf(place), pattern.name));
      }
      return { kind: 'listed', runtimes, unread, complete };
    } catch (error) {
      return armFailure(serviceError(error), 'listing runtimes', action, pattern);
    }
  }

  /** All runtimes of one factory. */
  listOne(factory: FactoryNames): Promise<ListedRuntimes | CallFailure> {
    return this.list({ ...factory, name: '*' });
  }

  /** Whole subscriptions, where the app may list them; otherwise what the patterns name. */
  async listAround(patterns: readonly RuntimeNames[]): Promise<ListedRuntimes | CallFailure> {
    const found = new Map<string, ListedRuntime>();
    const unread = new Map<string, UnreadRuntime>();
    for (const subscription of new Set(patterns.map((pattern) => pattern.subscription.toLowerCase()))) {
      const whole = await this.list({ subscription, resourceGroup: '*', factory: '*', name: '*' });
      if (whole.kind === 'retry') return whole;
      const own = patterns.filter((pattern) => pattern.subscription.toLowerCase() === subscription);
      const lists = whole.kind === 'listed' ? [whole] : await Promise.all(own.map((one) => this.list(one)));
      for (const list of lists) {
        if (list.kind !== 'listed') return list;
        for (const runtime of list.runtimes) found.set(canonicalRuntimeId(runtime.id), runtime);
        for (const entry of list.unread) unread.set(caseless(entry.id), entry);
      }
    }
    return { kind: 'listed', runtimes: [...found.values()], unread: [...unread.values()], complete: [] };
  }
}
