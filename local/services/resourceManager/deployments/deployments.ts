/** Deployments of templates to the emulated Resource Manager: what Azure checks, in its words, and what it makes. */
import { z } from 'zod';
import type { Kernel } from '../../../kernel/types.js';
import { checkResource, plain } from './checks.js';
import { PROVIDERS } from './providers.js';
import { resolveReferences } from './references.js';
import { Refusal } from './refusal.js';
import {
  type AzureError,
  type DeploymentOptions,
  type DeploymentResult,
  type Deployments,
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
  /** Function apps: whether they run, and what was published to them when. */
  apps: z.array(
    z.object({
      id: z.string(),
      running: z.boolean(),
      functions: z.array(z.string()),
      /** Milliseconds on the local cloud's clock. */
      publishedAt: z.number(),
    }),
  ),
});
type State = z.infer<typeof STATE>;

const FAULT_BODY = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export function createDeployments(kernel: Kernel, peers: DeploymentPeers): Deployments {
  const { clock } = kernel;
  let state: State = {
    options: { roleSeconds: 0, indexSeconds: 0, resourceSeconds: 0 },
    resources: [],
    deployments: [],
    apps: [],
  };

  const appAt = (siteId: string) => state.apps.find(({ id }) => same(id, siteId));
  const functionsOf = (siteId: string): readonly string[] => {
    const app = appAt(siteId);
    const isIndexed = app !== undefined && clock.now() >= app.publishedAt + state.options.indexSeconds * 1000;
    return isIndexed ? app.functions : [];
  };
  const world: World = {
    ...peers,
    clock,
    options: () => state.options,
    stored: () => state.resources,
    functionsOf,
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
    if (same(type, 'Microsoft.Web/sites') && appAt(id) === undefined) {
      state.apps = [...state.apps, { id, running: true, functions: [], publishedAt: 0 }];
    }
  };

  const note = (subject: string, code: string | undefined) =>
    kernel.ledger.record({
      service: 'arm',
      operation: 'deployments.write',
      subject,
      ...(code === undefined ? {} : { detail: { code } }),
    });

  const setRunning = (siteId: string, running: boolean): boolean => {
    const app = appAt(siteId);
    if (app === undefined) return false;
    app.running = running;
    kernel.changed();
    return true;
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
      try {
        claim(target, location);
      } catch (error) {
        return { status: 'Failed', error: errorOf(error, target) };
      }
      for (const resource of resources) {
        await pause(state.options.resourceSeconds);
        try {
          write(resource, location);
          note(resource.id, undefined);
        } catch (error) {
          const cause = errorOf(error, resource.id);
          note(resource.id, cause.code);
          return { status: 'Failed', error: deploymentFailed(target, cause) };
        }
      }
      return { status: 'Succeeded', resources: resources.map(({ id }) => id) };
    },

    add({ type, id, name, scope, body, added }) {
      keep({ type, id, name, scope, body: { ...body }, added: { ...added } });
    },

    publish(siteId, functions) {
      const verdict = judgePackage(world, siteId);
      const app = appAt(siteId);
      if (verdict.status !== 200 || app === undefined) return verdict;
      app.functions = [...functions];
      app.publishedAt = clock.now();
      kernel.changed();
      return verdict;
    },
    functionsOf,
    settingsOf: (siteId) => settingsOf(world, siteId),
    stop: (siteId) => setRunning(siteId, false),
    start: (siteId) => setRunning(siteId, true),
    isRunning: (siteId) => appAt(siteId)?.running ?? false,
    resources: () => state.resources,

    configure(options: Partial<DeploymentOptions>) {
      state.options = OPTIONS.parse({ ...state.options, ...options });
      kernel.changed();
    },
    snapshot: () => structuredClone(state),
    restore(saved) {
      state = STATE.parse(saved);
    },
  };

  function pause(seconds: number): Promise<void> {
    if (seconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      clock.schedule(clock.now() + seconds * 1000, resolve);
    });
  }
}

/** Throws on whatever is no refusal: a defect, or something that the local cloud does not play. */
function errorOf(error: unknown, target: string): AzureError {
  if (!(error instanceof Refusal)) throw error;
  const { code, message, details } = error;
  return { code, message, target, ...(details.length === 0 ? {} : { details }) };
}

function deploymentFailed(target: string, cause: AzureError): AzureError {
  return {
    code: 'DeploymentFailed',
    target,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details: [cause],
  };
}

/** What a fault answers, as an error of the provider. */
function refusalOf(status: number, body: unknown): Refusal {
  const { success, data } = FAULT_BODY.safeParse(body);
  return success
    ? new Refusal(data.error.code, data.error.message)
    : new Refusal('InternalServerError', `The resource provider answered with status ${status}.`);
}
