/** Subscriptions, resource groups and data factories: what integration runtimes lie in. */

import { z } from 'zod';
import { sameId } from '../../../src/domain/values/sameId.js';
import type { Kernel } from '../../kernel/types.js';
import { newEtag } from './runtime.js';

const FACTORY = z.object({
  subscription: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
  location: z.string(),
  tenantId: z.string(),
  createdAt: z.string(),
  etag: z.string(),
});
export type Factory = z.infer<typeof FACTORY>;
export type NewFactory = Pick<Factory, 'subscription' | 'resourceGroup' | 'name' | 'tenantId'> & {
  readonly location?: string;
};

export interface Factories {
  /** Registers a factory, and with it its subscription and resource group. */
  add(factory: NewFactory): Factory;
  find(subscription: string, resourceGroup: string, name: string): Factory | undefined;
  all(): readonly Factory[];
  /** Those of a subscription, or of one of its resource groups. */
  list(subscription: string, resourceGroup?: string): readonly Factory[];
  /** Each subscription that has a factory, once. */
  subscriptions(): readonly { readonly id: string; readonly tenantId: string }[];
  /** Tenant that a subscription belongs to; `undefined` where there is no such subscription. */
  tenantOf(subscription: string): string | undefined;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createFactories(kernel: Kernel): Factories {
  let factories: Factory[] = [];

  const list: Factories['list'] = (subscription, resourceGroup) =>
    factories.filter(
      (factory) =>
        sameId(factory.subscription, subscription) &&
        (resourceGroup === undefined || sameId(factory.resourceGroup, resourceGroup)),
    );

  return {
    list,
    all: () => factories,
    add(given) {
      const factory: Factory = {
        location: 'westeurope',
        ...given,
        createdAt: new Date(kernel.clock.now()).toISOString(),
        etag: newEtag(),
      };
      factories = [...factories, factory];
      kernel.changed();
      return factory;
    },
    find: (subscription, resourceGroup, name) =>
      list(subscription, resourceGroup).find((factory) => sameId(factory.name, name)),
    subscriptions: () => {
      const ids = [...new Set(factories.map(({ subscription }) => subscription))];
      return ids.flatMap((id) => {
        const [first] = list(id);
        return first === undefined ? [] : [{ id, tenantId: first.tenantId }];
      });
    },
    tenantOf: (subscription) => list(subscription)[0]?.tenantId,
    snapshot: () => structuredClone(factories),
    restore(saved) {
      factories = z.array(FACTORY).parse(saved);
    },
  };
}

/** Resource id of a factory. */
export function factoryId({ subscription, resourceGroup, name }: Factory): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${name}`;
}

/** A factory as Resource Manager answers it. */
export function factoryBody(factory: Factory): object {
  return {
    name: factory.name,
    id: factoryId(factory),
    type: 'Microsoft.DataFactory/factories',
    properties: {
      provisioningState: 'Succeeded',
      createTime: factory.createdAt,
      version: '2018-06-01',
      publicNetworkAccess: 'Enabled',
    },
    eTag: `"${factory.etag}"`,
    location: factory.location,
    identity: { type: 'SystemAssigned', tenantId: factory.tenantId },
    tags: {},
  };
}
