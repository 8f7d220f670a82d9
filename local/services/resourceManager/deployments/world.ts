/** What is there when a resource is deployed: what was deployed before, and what the local cloud holds besides. */

import type { Clock } from '../../../kernel/types.js';
import type { Directory } from '../../entra/directory.js';
import type { NewTopic } from '../../eventGrid/eventGrid.js';
import type { Identity } from '../../identity/identity.js';
import { findSecret, type Vault } from '../../keyVault/secret.js';
import { type Factory, factoryId } from '../factories.js';
import type { RoleAssignments } from '../roles.js';
import type { Named } from './references.js';
import { partsOf, Refusal, resourceNotFound } from './refusal.js';
import type { DeploymentOptions, StoredResource } from './types.js';

export interface DeploymentPeers {
  readonly directory: Directory;
  readonly identity: Identity;
  readonly roles: RoleAssignments;
  readonly vaults: () => readonly Vault[];
  readonly factories: () => readonly Factory[];
  readonly topics: () => readonly string[];
  readonly addTopic: (topic: NewTopic) => void;
}

export interface World extends DeploymentPeers {
  readonly clock: Clock;
  readonly options: () => DeploymentOptions;
  readonly stored: () => readonly StoredResource[];
  /** Names of the functions that an app has by now. */
  readonly functionsOf: (siteId: string) => readonly string[];
}

/** A resource that was deployed, by id without case. */
export function storedAt({ stored }: World, id: string): StoredResource | undefined {
  return stored().find((one) => same(one.id, id));
}

export function ofType({ stored }: World, type: string): readonly StoredResource[] {
  return stored().filter((one) => same(one.type, type));
}

/** Whether a resource, a resource group or a subscription is there; `location` where it has one. */
export function look(world: World, id: string): { readonly location?: string } | undefined {
  const deployed = storedAt(world, id);
  if (deployed !== undefined) {
    const { location } = deployed.body;
    return typeof location === 'string' ? { location } : {};
  }
  if (world.topics().some((topic) => same(topic, id))) return {};
  const [, site, called] = /^(.*)\/functions\/([^/]+)$/i.exec(id) ?? [];
  if (site !== undefined && called !== undefined) {
    return world.functionsOf(site).some((one) => same(one, called)) ? {} : undefined;
  }
  // Blob, queue, table and file service come with the account.
  const [, account] = /^(.*)\/(?:blob|queue|table|file)Services\/default$/i.exec(id) ?? [];
  if (account !== undefined) return look(world, account);
  return existing(world, id);
}

/** Throws a `Refusal` where the id names nothing that is there. */
export function need(world: World, id: string): { readonly location?: string } {
  const [group = id, groupName] = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id) ?? [];
  const [subscription = id, subscriptionId] = /^\/subscriptions\/([^/]+)/i.exec(id) ?? [];
  if (look(world, subscription) === undefined) {
    throw new Refusal('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`);
  }
  if (groupName !== undefined && look(world, group) === undefined) {
    throw new Refusal('ResourceGroupNotFound', `Resource group '${groupName}' could not be found.`);
  }
  const found = look(world, id);
  if (found === undefined) throw resourceNotFound(id);
  return found;
}

/** Tenant of a subscription. Throws a `Refusal` where nothing of the local cloud lies in it. */
export function tenantOf({ vaults, factories }: World, id: string): string {
  const [subscription = id] = /^\/subscriptions\/[^/]+/i.exec(id) ?? [];
  const tenant = [
    ...factories().map((one) => ({ id: factoryId(one), tenantId: one.tenantId })),
    ...vaults().map((one) => ({ id: one.resourceId, tenantId: one.tenantId })),
  ].find((one) => isIn(one.id, subscription))?.tenantId;
  if (tenant === undefined) {
    throw new Refusal('SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  return tenant;
}

/** Everything that references may name. */
export function named({ stored, vaults }: World): readonly Named[] {
  return [
    ...stored(),
    ...vaults().map(({ name, location, host }) => ({
      name,
      added: { location, vaultUri: `https://${host}/` },
    })),
  ];
}

/** What the local cloud holds besides what was deployed. */
function existing({ vaults, factories, stored }: World, id: string): { location?: string } | undefined {
  const vault = vaults().find(({ resourceId }) => isIn(id, resourceId));
  if (vault !== undefined) {
    const { type, name } = partsOf(id);
    if (!/\/secrets$/i.test(type))
      return same(id, vault.resourceId) ? { location: vault.location } : undefined;
    const secret = findSecret(vault, name.split('/').at(-1) ?? '');
    return secret === undefined || secret.deletedAt !== null ? undefined : {};
  }
  const factory = factories().find((one) => same(factoryId(one), id));
  if (factory !== undefined) return { location: factory.location };
  // A subscription or a group is there where something lies in it.
  const isPlace = /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?$/i.test(id);
  const all = [...vaults().map(({ resourceId }) => resourceId), ...factories().map(factoryId)];
  return isPlace && [...all, ...stored().map((one) => one.id)].some((one) => isIn(one, id)) ? {} : undefined;
}

export function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function isIn(id: string, place: string): boolean {
  return `${id}/`.toLowerCase().startsWith(`${place}/`.toLowerCase());
}
