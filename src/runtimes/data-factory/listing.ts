/** Lists of factories and of their runtimes. Errors of the SDK are thrown: who lists knows for what. */

import type { DataFactoryManagementClient } from '@azure/arm-datafactory';
import { retry, serviceError } from '../../azure/failures.js';
import { deadline } from '../../azure/identity.js';
import { globMatches } from '../../domain/configuration/profileMatching.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/values/json.js';
import { displayRuntime } from '../../domain/values/runtimeId.js';
import type { ListedRuntime, ListedRuntimes, UnreadRuntime } from '../port.js';
import { outboundAddresses } from './addresses.js';
import { armFailure } from './armFailure.js';
import { READ_FACTORIES } from './needs.js';
import { PACE } from './pace.js';
import { batchOf, type FactoryNames, namesIn, parseResourceId } from './resourceId.js';
import { viewOf } from './runtimeBody.js';

/** The runtimes of one factory. */
export type FactoryList = Omit<ListedRuntimes, 'complete'> & {
  /** The factory is gone: there are none, and nothing else is said. */
  readonly gone?: true;
};

/** The factories that a pattern matches. One that is named in full needs no permission to list others. */
export async function listFactories(
  client: DataFactoryManagementClient,
  { subscription, resourceGroup, factory }: FactoryNames,
): Promise<{ readonly found: readonly FactoryNames[]; readonly unread: readonly UnreadRuntime[] }> {
  const named = !resourceGroup.includes('*');
  if (named && !factory.includes('*')) {
    return { found: [{ subscription, resourceGroup, factory }], unread: [] };
  }
  const found: FactoryNames[] = [];
  const unread: UnreadRuntime[] = [];
  const listed = named
    ? client.factories.listByResourceGroup(resourceGroup, { abortSignal: deadline() })
    : client.factories.list({ abortSignal: deadline() });
  for await (const { id } of listed) {
    const [, group, name] =
      /^\/subscriptions\/[^/]+\/resourcegroups\/([^/]+)\/.*\/factories\/([^/]+)$/i.exec(id ?? '') ?? [];
    if (group === undefined || name === undefined) unread.push({ id: shownId(id ?? null) });
    else if (globMatches(resourceGroup, group) && globMatches(factory, name)) {
      found.push({ subscription, resourceGroup: group, factory: name });
    }
  }
  return { found, unread };
}

/**
 * The runtimes of one factory. That a factory is gone, and its runtimes with it, is believed only where two calls
 * say so: a key is removed once nobody is seen to have it.
 */
export async function listRuntimesOf(
  client: DataFactoryManagementClient,
  place: FactoryNames,
): Promise<FactoryList | CallFailure> {
  const { resourceGroup, factory } = place;
  const runtimes: ListedRuntime[] = [];
  const unread: UnreadRuntime[] = [];
  try {
    const pages = client.integrationRuntimes.listByFactory(resourceGroup, factory, {
      abortSignal: deadline(),
    });
    for await (const runtime of pages) {
      // Of what the SDK's model promises, nothing is certain.
      const body = isJsonObject(runtime as unknown) ? (runtime as unknown as JsonObject) : {};
      const listed = listedRuntime(body);
      if (listed) runtimes.push(listed);
      else {
        const id = shownId(body['id'] ?? `${resourceGroup}/${factory}/${String(body['name'])}`);
        unread.push({ id, view: viewOf(body, id) });
      }
    }
    return { kind: 'listed', runtimes, unread };
  } catch (error) {
    if (serviceError(error).status !== 404) throw error;
  }
  try {
    await client.factories.get(resourceGroup, factory, { abortSignal: deadline() });
  } catch (error) {
    const failure = serviceError(error);
    if (failure.status === 404) return { kind: 'listed', runtimes: [], unread: [], gone: true };
    return armFailure(failure, 'reading a factory', READ_FACTORIES, place);
  }
  return retry(`the factory ${factory} is there, and listing its runtimes says it is not (404)`);
}

function listedRuntime(body: JsonObject): ListedRuntime | undefined {
  const id = parseResourceId(typeof body['id'] === 'string' ? body['id'] : '');
  if (!id) return undefined;
  const names = namesIn(id);
  return {
    id,
    batch: batchOf(names),
    budget: { key: names.subscription, pace: PACE },
    view: viewOf(body, displayRuntime(id)),
    // Asked for where a vault's firewall is looked at, and nowhere else.
    get addresses() {
      return outboundAddresses(body);
    },
  };
}

/** An id that follows no rule, for people: short, and never a line of its own. */
function shownId(id: Json): string {
  return String(id).slice(0, 300).replace(/\p{C}/gu, '?');
}
