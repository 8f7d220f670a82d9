/** Deployments of templates to the emulated Resource Manager: what Azure checks, in its words, and what it makes. */
import { z } from 'zod';
import type { Kernel } from '../../../kernel/types.js';
import { createApps } from './apps.js';
import { checkResource, plain } from './checks.js';
import { deploymentFailed, errorOf, refusalOf, stillActive } from './errors.js';
import { PROVIDERS } from './providers.js';
import { resolveReferences } from './references.js';
import { Refusal } from './refusal.js';
import {
  type AzureError,
  type DeploymentOptions,
  type DeploymentResult,
  type Deployments,
  NO_DELAYS,
  OPTIONS,
  STORED,
  type StoredResource,
  type TemplateResource,
} from './types.js';
import { judgePackage, settingsOf } from './web.js';
import { type DeploymentPeers, named, same, storedAt, type World } from './world.js';

const DEPLOYMENTS = 'Microsoft.Resources/deployments';

const STATE = z.object({
  options: OPTIONS,
  resources: z.array(STORED),
  /** Deployments at the scope of a subscription, which stay where they were made first. */
  deployments: z.array(z.object({ id: z.string(), location: z.string() })),
  apps: z.unknown(),
});
type State = Omit<z.infer<typeof STATE>, 'apps'>;

export function createDeployments(kernel: Kernel, peers: DeploymentPeers): Deployments {
  const { clock } = kernel;
  let state: State = {
    options: NO_DELAYS,
    resources: [],
    deployments: [],
  };

  /** Deployments under way, by id. */
  const active = new Set<string>();

  const apps = createApps(kernel, () => state.options.indexSeconds * 1000);
  const world: World = {
    ...peers,
    clock,
    options: () => state.options,
    stored: () => state.resources,
    functionsOf: apps.functionsOf,
  };

  const keep = (stored: StoredResource) => {
    state.resources = [...state.resources.filter(({ id }) => !same(id, stored.id)), stored];
    kernel.changed();
  };

  /** Throws where a deployment of the name was made in another location; on the first of the name keeps its location. */
  const claim = (id: string, location: string) => {
    const known = state.deployments.find((one) => same(one.id, id));
    if (known === undefined) {
      state.deployments = [...state.deployments, { id, location }];
      kernel.changed();
    } else if (plain(known.location) !== plain(location)) {
      throw new Refusal(
        'InvalidDeploymentLocation',
        `Invalid deployment location '${location}'. The deployment '${id.split('/').at(-1)}' already exists in location '${known.location}'.`,
      );
    }
  };

  const write = (given: TemplateResource, location: string) => {
    const body = resolveReferences(given.body, named(world));
    const resource = { ...given, body };
    const { type, id, name, scope } = resource;
    const before = storedAt(world, id);
    const fault = kernel.faults.strike({ service: 'arm', operation: 'deployments.write', subject: id });
    if (fault?.kind === 'status') throw refusalOf(fault.status, fault.body);
    checkResource(world, resource, before);
    if (same(type, DEPLOYMENTS)) {
      if (!/\/resourceGroups\//i.test(id)) claim(id, location);
      return;
    }
    const added = PROVIDERS[type.toLowerCase()]?.(world, resource, before);
    keep({ type, id, name, scope, body, added: { ...added } });
    if (same(type, 'Microsoft.Web/sites')) apps.add(id);
  };

  const note = (subject: string, code: string | undefined) =>
    kernel.ledger.record({
      service: 'arm',
      operation: 'deployments.write',
      subject,
      ...(code === undefined ? {} : { detail: { code } }),
    });

  /** One after the other, up to the first that is refused: gives its error. */
  const writeAll = async (
    resources: readonly TemplateResource[],
    location: string,
  ): Promise<AzureError | undefined> => {
    for (const resource of resources) {
      await pause(state.options.resourceSeconds);
      try {
        write(resource, location);
        note(resource.id, undefined);
      } catch (error) {
        const cause = errorOf(error, resource.id);
        note(resource.id, cause.code);
        return cause;
      }
    }
    return undefined;
  };

  return {
    async deploy(name, location, resources): Promise<DeploymentResult> {
      const twice = resources.find(({ id }, i) => resources.findIndex((one) => same(one.id, id)) !== i);
      if (twice !== undefined) {
        const message = `Deployment template validation failed: 'The resource '${twice.id}' is defined multiple times in a template.'.`;
        return { status: 'Failed', error: { code: 'InvalidTemplate', message, target: twice.id } };
      }
      const subscription = /^\/subscriptions\/[^/]+/i.exec(resources[0]?.id ?? '')?.[0] ?? '';
      const target = `${subscription}/providers/${DEPLOYMENTS}/${name}`;
      const key = target.toLowerCase();
      try {
        if (active.has(key)) throw stillActive(name);
        claim(target, location);
      } catch (error) {
        return { status: 'Failed', error: errorOf(error, target) };
      }
      active.add(key);
      try {
        const cause = await writeAll(resources, location);
        return cause === undefined
          ? { status: 'Succeeded', resources: resources.map(({ id }) => id) }
          : { status: 'Failed', error: deploymentFailed(target, cause) };
      } finally {
        active.delete(key);
      }
    },

    add({ type, id, name, scope, body, added }) {
      keep({ type, id, name, scope, body: { ...body }, added: { ...added } });
    },

    publish(siteId, functions) {
      const verdict = judgePackage(world, siteId);
      if (verdict.status === 200) apps.publish(siteId, functions);
      return verdict;
    },
    functionsOf: apps.functionsOf,
    settingsOf: (siteId) => settingsOf(world, siteId),
    stop: (siteId) => apps.setRunning(siteId, false),
    start: (siteId) => apps.setRunning(siteId, true),
    isRunning: apps.isRunning,
    resources: () => state.resources,

    configure(options: Partial<DeploymentOptions>) {
      state.options = OPTIONS.parse({ ...state.options, ...options });
      kernel.changed();
    },
    snapshot: () => ({ ...structuredClone(state), apps: apps.snapshot() }),
    restore(saved) {
      const { apps: kept, ...rest } = STATE.parse(saved);
      state = rest;
      apps.restore(kept);
    },
  };

  function pause(seconds: number): Promise<void> {
    if (seconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      clock.schedule(clock.now() + seconds * 1000, resolve);
    });
  }
}
