/** Acts on what stands for Azure: runtimes as a person in the portal makes them, roles, credentials, secrets, tokens. */
import { z } from 'zod';
import type { EmulatedAzure } from '../azure.js';
import type { LocalClock } from '../kernel/clock.js';
import { callThroughProxy, type WayIn } from '../net/throughProxy.js';
import { seedFleet } from '../scenario/fleet.js';
import {
  AIRFLOW_VAULT,
  FACTORY,
  LOCATION,
  PRINCIPALS,
  runtimeId,
  vaultHost,
  vaultId,
} from '../scenario/names.js';
import { AIRFLOW_PATCH, type AirflowPatch } from '../services/airflow/state.js';
import { GRAPH_PERMISSION, LIFETIME_POLICY } from '../services/entra/directory.js';
import { storedMarker } from '../services/resourceManager/holding.js';
import { LIFECYCLE } from '../services/resourceManager/runtime.js';
import { ControlError, type ControlRoute, parsed } from './router.js';

export interface CloudRoutesOptions {
  readonly azure: EmulatedAzure;
  readonly clock: LocalClock;
  readonly wayIn: WayIn;
}

const RUNTIME = z.strictObject({
  name: z.string().min(1),
  factory: z.string().min(1).default(FACTORY),
  /** The whole of `properties`, instead of those of a new Airflow. */
  properties: z.record(z.string(), z.unknown()).optional(),
  /** What differs from a new Airflow. */
  airflowProperties: z.record(z.string(), z.unknown()).default({}),
});
const FLEET = z.strictObject({
  factories: z.int().min(1).max(1000),
  runtimes: z.int().min(1).max(10_000),
  startSeconds: z.number().nonnegative(),
});
const START_END = z.strictObject({ outcome: z.enum(['started', 'failed']) });
const DELETE_RUNTIME = z.strictObject({ factory: z.string().min(1).default(FACTORY) });
const PRINCIPAL = z
  .string()
  .min(1)
  .transform((name) =>
    Object.hasOwn(PRINCIPALS, name) ? PRINCIPALS[name as keyof typeof PRINCIPALS] : name,
  );
const ROLE = z.strictObject({
  principal: PRINCIPAL,
  vault: z.string().default(AIRFLOW_VAULT),
  role: z.string().default('Key Vault Secrets User'),
  grant: z.boolean(),
});
const NEW_PASSWORD = z.strictObject({
  displayName: z.string().optional(),
  endDateTime: z.iso.datetime().optional(),
  startDateTime: z.iso.datetime().optional(),
  value: z.string().optional(),
});
const PROPAGATION = z.strictObject({
  seconds: z.number().nonnegative(),
  flapping: z.boolean().default(false),
});
const GRAPH = z.strictObject({
  principal: PRINCIPAL,
  grant: z.boolean(),
  permission: GRAPH_PERMISSION.optional(),
  /** An application that the principal owns. */
  owns: PRINCIPAL.optional(),
});
const READ_LAG = z.strictObject({ seconds: z.number().nonnegative() });
const LIFETIME = z.strictObject({ policy: LIFETIME_POLICY });
const SECRET = z.strictObject({
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean().optional(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
});
const FIREWALL = z.strictObject({ blocked: z.array(PRINCIPAL.or(z.literal('*'))) });
const TOKEN = z.strictObject({
  principal: PRINCIPAL.default(PRINCIPALS.portalUser),
  resource: z.string().default('https://management.azure.com'),
});

export function cloudRoutes(options: CloudRoutesOptions): ControlRoute[] {
  return [...runtimeRoutes(options), ...directoryRoutes(options), ...vaultRoutes(options)];
}

function runtimeRoutes({ azure, clock, wayIn }: CloudRoutesOptions): ControlRoute[] {
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
        seedFleet(azure, parsed(FLEET, body));
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
        const { name, factory, properties, airflowProperties } = parsed(RUNTIME, body);
        return asPortalUser('PUT', runtimeId(name, factory), {
          name,
          properties: properties ?? newAirflow(airflowProperties),
        });
      },
    },
    {
      method: 'DELETE',
      path: '/portal/runtimes/{name}',
      handle: ({ params, query }) =>
        asPortalUser('DELETE', runtimeId(params.name ?? '', parsed(DELETE_RUNTIME, query).factory)),
    },
    {
      method: 'GET',
      path: '/airflow/{name}',
      handle: ({ params }) => airflow.inspect(runtimeId(params.name ?? '')),
    },
    {
      method: 'PATCH',
      path: '/airflow/{name}',
      handle({ params, body }) {
        const patch: AirflowPatch = parsed(AIRFLOW_PATCH, body);
        airflow.configure(runtimeId(params.name ?? ''), patch);
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
        resourceManager.setLifecycle(settings, runtimeId(params.name ?? ''));
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/lifecycle/{name}/end',
      handle({ params, body }) {
        const { outcome } = parsed(START_END, body);
        if (resourceManager.endStart(runtimeId(params.name ?? ''), outcome)) return undefined;
        throw new ControlError(409, `No start of "${params.name}" waits for its end.`, 'name');
      },
    },
  ];
}

function directoryRoutes({ azure: { directory, roles } }: CloudRoutesOptions): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/tokens',
      handle({ body }) {
        const { principal, resource } = parsed(TOKEN, body);
        const issued = directory.issue(principal, resource);
        if (!issued) throw new ControlError(400, `The directory has no principal ${principal}.`, 'principal');
        return issued;
      },
    },
    {
      method: 'POST',
      path: '/roles',
      handle({ body }) {
        const { principal, vault, role, grant } = parsed(ROLE, body);
        const scope = vaultId(vault);
        if (!grant) return { removed: roles.revoke({ principal, scope, role }) };
        try {
          return { id: roles.grant({ principal, scope, role }) };
        } catch (error) {
          throw new ControlError(400, error instanceof Error ? error.message : String(error), 'role');
        }
      },
    },
    {
      method: 'POST',
      path: '/directory/applications/{clientId}/passwords',
      handle({ params, body }) {
        const password = directory.addPassword(
          parsed(PRINCIPAL, params.clientId),
          given(parsed(NEW_PASSWORD, body)),
        );
        if (!password) throw new ControlError(404, 'There is no such application.', 'clientId');
        const { keyId, value, startDateTime, endDateTime, displayName } = password;
        return { keyId, value, startDateTime, endDateTime, displayName };
      },
    },
    {
      method: 'GET',
      path: '/directory/applications/{clientId}/passwords',
      handle({ params }) {
        const application = directory.application(parsed(PRINCIPAL, params.clientId));
        if (!application) throw new ControlError(404, 'There is no such application.', 'clientId');
        return application.passwordCredentials
          .filter(({ removedAt }) => removedAt === null)
          .map(({ keyId, displayName, startDateTime, endDateTime }) => ({
            keyId,
            displayName,
            startDateTime,
            endDateTime,
          }));
      },
    },
    {
      method: 'DELETE',
      path: '/directory/applications/{clientId}/passwords/{keyId}',
      handle({ params }) {
        if (!directory.removePassword(parsed(PRINCIPAL, params.clientId), params.keyId ?? '')) {
          throw new ControlError(404, 'There is no such password.', 'keyId');
        }
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/propagation',
      handle({ body }) {
        directory.setPropagation(parsed(PROPAGATION, body));
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/graph',
      handle({ body }) {
        const { principal, grant, permission, owns } = parsed(GRAPH, body);
        if (permission !== undefined) {
          if (grant) directory.grantGraph(principal, permission);
          else directory.revokeGraph(principal, permission);
        }
        if (owns !== undefined) {
          if (grant) directory.addOwner(owns, principal);
          else directory.removeOwner(owns, principal);
        }
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/read-lag',
      handle({ body }) {
        directory.setReadLag(parsed(READ_LAG, body).seconds);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/directory/lifetime-policy',
      handle({ body }) {
        directory.setLifetimePolicy(parsed(LIFETIME, body).policy);
        return undefined;
      },
    },
  ];
}

function vaultRoutes({ azure: { keyVault } }: CloudRoutesOptions): ControlRoute[] {
  const hostOf = (vault: string | undefined): string => {
    const host = vaultHost(vault ?? '');
    if (!keyVault.knows(host)) throw new ControlError(404, `There is no vault "${vault}".`, 'vault');
    return host;
  };
  return [
    {
      method: 'PUT',
      path: '/vaults/{vault}/secrets/{name}',
      handle({ params, body }) {
        const version = keyVault.setSecret(hostOf(params.vault), params.name ?? '', parsed(SECRET, body));
        return { version };
      },
    },
    {
      method: 'PUT',
      path: '/vaults/{vault}/firewall',
      handle({ params, body }) {
        keyVault.setFirewall(hostOf(params.vault), parsed(FIREWALL, body).blocked);
        return undefined;
      },
    },
  ];
}

/** The body that the portal sends for a new Airflow, as documented for managed Airflow's REST API. */
function newAirflow(different: Record<string, unknown>): object {
  return {
    type: 'Airflow',
    typeProperties: {
      computeProperties: { location: LOCATION, computeSize: 'Large', extraNodes: 0 },
      airflowProperties: {
        airflowVersion: '2.6.3',
        airflowEnvironmentVariables: {},
        airflowRequirements: [],
        enableAADIntegration: true,
        airflowEntityReferences: [],
        ...different,
      },
    },
  };
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is absent: in JSON a field is there or it is not. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
