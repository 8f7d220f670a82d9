import { createKernel } from '../../../local/kernel/kernel.js';
import type { Service, ServiceRequest, ServiceResponse } from '../../../local/kernel/types.js';
import { createDirectory } from '../../../local/services/entra/directory.js';
import { createEntra } from '../../../local/services/entra/entra.js';
import { createEventGrid } from '../../../local/services/eventGrid/eventGrid.js';
import { createIdentity } from '../../../local/services/identity/identity.js';
import { createKeyVault } from '../../../local/services/keyVault/keyVault.js';
import { createDeployments } from '../../../local/services/resourceManager/deployments/deployments.js';
import { createResourceManager } from '../../../local/services/resourceManager/resourceManager.js';
import { createRoleAssignments } from '../../../local/services/resourceManager/roles.js';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const SUBSCRIPTION = '22222222-2222-4222-8222-222222222222';
export const APP = '33333333-3333-4333-8333-333333333333';
export const AIRFLOW_APP = '44444444-4444-4444-8444-444444444444';
export const PORTAL = '55555555-5555-4555-8555-555555555555';
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-data`;
export const FACTORY_ID = `${GROUP_ID}/providers/Microsoft.DataFactory/factories/adf-sales`;
export const RUNTIME_ID = `${FACTORY_ID}/integrationRuntimes/etl`;
export const VAULT_HOST = 'contoso-kv.vault.azure.net';
export const VAULT_ID = `${GROUP_ID}/providers/Microsoft.KeyVault/vaults/contoso-kv`;
/** Where the tests' virtual time begins. */
export const BEGIN = Date.parse('2026-11-23T12:00:00Z');

/** All the emulated services on one virtual clock, with nothing granted to anybody but the portal's user. */
export function createCloud() {
  const kernel = createKernel({
    mode: 'virtual',
    clockState: { now: BEGIN, offset: 0 },
    onError: (error) => {
      throw error;
    },
  });
  const { clock, ledger, faults } = kernel;
  const directory = createDirectory(kernel);
  const roles = createRoleAssignments(kernel);
  const entra = createEntra(kernel, { directory });
  const identity = createIdentity(kernel, { directory });
  const eventGrid = createEventGrid(kernel, { directory, roles });
  const vault = createKeyVault(kernel, { directory, roles, events: eventGrid });
  const arm = createResourceManager(kernel, {
    directory,
    roles,
    events: eventGrid,
    vaults: () => vault.vaults(),
    topics: () => eventGrid.topics().map(({ resourceId }) => resourceId),
  });
  const deployments = createDeployments(kernel, {
    directory,
    identity,
    roles,
    vaults: () => vault.vaults(),
    factories: () => arm.factories(),
    topics: () => eventGrid.topics().map(({ resourceId }) => resourceId),
    addTopic: (topic) => eventGrid.addTopic(topic),
  });

  directory.addPrincipal({
    tenantId: TENANT,
    displayName: 'airlock',
    kind: 'managedIdentity',
    clientId: APP,
  });
  directory.addPrincipal({ tenantId: TENANT, displayName: 'portal', kind: 'user', clientId: PORTAL });
  directory.addApplication({ tenantId: TENANT, displayName: 'airflow', clientId: AIRFLOW_APP });
  identity.assignSystem(APP);
  arm.addFactory({
    subscription: SUBSCRIPTION,
    resourceGroup: 'rg-data',
    name: 'adf-sales',
    tenantId: TENANT,
  });
  vault.addVault({
    name: 'contoso-kv',
    tenantId: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: 'rg-data',
  });
  roles.grant({ principal: PORTAL, scope: `/subscriptions/${SUBSCRIPTION}`, role: 'Contributor' });
  return {
    clock,
    ledger,
    faults,
    kernel,
    directory,
    roles,
    entra,
    identity,
    eventGrid,
    arm,
    deployments,
    vault,
    operations: () => ledger.entries().map((entry) => entry.operation),
  };
}

export type Cloud = ReturnType<typeof createCloud>;

/** The properties of an Airflow runtime, as the portal sends them. */
export function airflowProperties(airflow: Record<string, unknown> = {}) {
  return {
    type: 'Airflow',
    typeProperties: {
      computeProperties: { location: 'East US', computeSize: 'Large', extraNodes: 0 },
      airflowProperties: {
        airflowVersion: '2.6.3',
        airflowEnvironmentVariables: { AIRFLOW__TEST__TEST: 'test' },
        airflowRequirements: ['pandas'],
        enableAADIntegration: true,
        userName: null,
        password: null,
        airflowEntityReferences: [],
        ...airflow,
      },
    },
  };
}

/** The subscription to what happens to runtimes. */
export const RUNTIMES = {
  name: 'runtimes',
  topic: GROUP_ID,
  eventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
  functionName: 'onRuntimeEvent',
  schema: 'EventGridSchema',
} as const;

/** An event as somebody sends it by hand. */
export const byHand = (id: string) => ({
  id,
  topic: GROUP_ID,
  subject: 's',
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-11-23T12:00:00Z',
  dataVersion: '2',
  data: { operationName: 'x' },
});
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The value at a path of an answer's body; `undefined` where the path leads nowhere. */
export function at({ body }: Answer, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, String(key)) : undefined,
    body,
  );
}

/** Calls a service as the front does: a request parsed from the wire, an answer that goes through JSON. */
export async function call(
  service: Service,
  method: string,
  url: string,
  options: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const parsed = new URL(url);
  const content = options.body ?? '';
  const request: ServiceRequest = {
    method,
    host: parsed.hostname,
    url: parsed,
    headers: options.headers ?? {},
    body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  };
  service.describe(request);
  const response: ServiceResponse = await service.handle(request);
  const body: unknown = response.body === undefined ? undefined : JSON.parse(JSON.stringify(response.body));
  return { status: response.status, headers: response.headers ?? {}, body };
}

/** The header that a principal sends to a service. */
export function bearer(cloud: Cloud, clientId: string, audience: string): { authorization: string } {
  const issued = cloud.directory.issue(clientId, audience);
  if (issued === undefined) throw new Error(`no principal ${clientId}`);
  return { authorization: `Bearer ${issued.token}` };
}
