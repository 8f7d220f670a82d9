/** Runtimes as a person in the portal makes them, how they start, and how their Airflows behave. */
import { z } from 'zod';
import type { EmulatedAzure } from '../azure.js';
import type { LocalClock } from '../kernel/clock.js';
import { callThroughProxy, type WayIn } from '../net/throughProxy.js';
import { airflowRuntime } from '../sample/airflowRuntime.js';
import { seedFleet } from '../sample/fleet.js';
import {
  FACTORY,
  LOCATION,
  PRINCIPALS,
  RESOURCE_GROUP,
  runtimeId,
  SUBSCRIPTION,
  TENANT,
} from '../sample/names.js';
import { AIRFLOW_PATCH, type AirflowPatch } from '../services/airflow/state.js';
import { storedMarker } from '../services/resourceManager/holding.js';
import type { ResourceManager } from '../services/resourceManager/resourceManager.js';
import { LIFECYCLE } from '../services/resourceManager/runtime.js';
import { given } from './inputs.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

export interface RuntimeRoutesOptions {
  readonly azure: EmulatedAzure;
  readonly clock: LocalClock;
  readonly wayIn: WayIn;
}

const RUNTIME = z.strictObject({
  name: z.string().min(1),
  factory: z.string().min(1).default(FACTORY),
  resourceGroup: z.string().min(1).default(RESOURCE_GROUP),
  /** The whole of `properties`, instead of those of a new Airflow. */
  properties: z.record(z.string(), z.unknown()).optional(),
  /** What differs from a new Airflow. */
  airflowProperties: z.record(z.string(), z.unknown()).default({}),
});
const FLEET = z.strictObject({
  factories: z.int().min(1).max(1000),
  runtimes: z.int().min(1).max(10_000),
  startSeconds: z.number().nonnegative(),
  resourceGroup: z.string().min(1).optional(),
});
const START_END = z.strictObject({ outcome: z.enum(['started', 'failed']) });
const DELETE_RUNTIME = z.strictObject({
  factory: z.string().min(1).default(FACTORY),
  resourceGroup: z.string().min(1).default(RESOURCE_GROUP),
});

/** Routes of runtimes. */
export function runtimeRoutes({ azure, clock, wayIn }: RuntimeRoutesOptions): ControlRoute[] {
  const { directory, resourceManager, airflow } = azure;
  /** A call to Resource Manager as the portal makes it, over the wire. */
  const asPortalUser = async (method: string, id: string, body?: object) => {
    const token = directory.issue(PRINCIPALS.portalUser, 'https://management.azure.com')?.token ?? '';
    const answer = await clock.busy(() =>
      callThroughProxy(wayIn, {
        method,
        url: `https://management.azure.com${id}?api-version=2018-06-01`,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
      }),
    );
    return { status: answer.status, body: answer.text === '' ? undefined : answer.json() };
  };
  return [
    {
      method: 'POST',
      path: '/fleet',
      handle({ body }) {
        seedFleet(azure, given(parsed(FLEET, body)));
        return undefined;
      },
    },
    {
      method: 'GET',
      path: '/runtimes',
      handle: () =>
        resourceManager.runtimes().map((runtime) => ({
          id: runtime.id,
          name: runtime.name,
          type: runtime.type,
          state: runtime.state,
          webHost: runtime.webHost,
          up: runtime.processes?.up ?? false,
          passwordLost: runtime.passwordLost,
          gitCredentialLost: runtime.gitCredentialLost,
          marker: storedMarker(runtime),
        })),
    },
    {
      method: 'POST',
      path: '/portal/runtimes',
      handle({ body }) {
        const { name, factory, resourceGroup, properties, airflowProperties } = parsed(RUNTIME, body);
        addFactory(resourceManager, factory, resourceGroup);
        return asPortalUser('PUT', runtimeId(name, factory, resourceGroup), {
          name,
          properties: properties ?? newAirflow(airflowProperties),
        });
      },
    },
    {
      method: 'DELETE',
      path: '/portal/runtimes/{name}',
      handle({ params, query }) {
        const { factory, resourceGroup } = parsed(DELETE_RUNTIME, query);
        return asPortalUser('DELETE', runtimeId(params['name'] ?? '', factory, resourceGroup));
      },
    },
    {
      method: 'GET',
      path: '/airflow/{name}',
      handle: ({ params }) => airflow.inspect(runtimeId(params['name'] ?? '')),
    },
    {
      method: 'PATCH',
      path: '/airflow/{name}',
      handle({ params, body }) {
        const patch: AirflowPatch = parsed(AIRFLOW_PATCH, body);
        airflow.configure(runtimeId(params['name'] ?? ''), patch);
        return undefined;
      },
    },
    {
      method: 'PATCH',
      path: '/lifecycle',
      handle({ body }) {
        resourceManager.setLifecycle(given(parsed(LIFECYCLE.partial().strict(), body)));
        return undefined;
      },
    },
    {
      method: 'PATCH',
      path: '/lifecycle/{name}',
      handle({ params, body }) {
        const settings = given(parsed(LIFECYCLE.partial().strict(), body));
        resourceManager.setLifecycle(settings, runtimeId(params['name'] ?? ''));
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/lifecycle/{name}/end',
      handle({ params, body }) {
        const { outcome } = parsed(START_END, body);
        if (resourceManager.endStart(runtimeId(params['name'] ?? ''), outcome)) return undefined;
        throw new ControlError(409, `No start of "${params['name']}" waits for its end.`, 'name');
      },
    },
  ];
}

/** A factory of another resource group is made as somebody asks for a runtime in it. */
function addFactory(resourceManager: ResourceManager, name: string, resourceGroup: string): void {
  if (resourceGroup === RESOURCE_GROUP) return;
  const known = resourceManager
    .factories()
    .some((factory) => factory.name === name && factory.resourceGroup === resourceGroup);
  if (known) return;
  const place = { tenantId: TENANT, subscription: SUBSCRIPTION, resourceGroup, location: LOCATION };
  resourceManager.addFactory({ ...place, name });
}

/** The body that the portal sends for a new Airflow. */
function newAirflow(different: Record<string, unknown>): object {
  return airflowRuntime({
    airflowEnvironmentVariables: {},
    airflowRequirements: [],
    airflowEntityReferences: [],
    ...different,
  });
}
