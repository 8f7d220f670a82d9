/** The emulated Azure: its services, who asks whom, and which host name belongs to which. */
import { z } from 'zod';
import type { Kernel, Service } from './kernel/types.js';
import { findService } from './net/front.js';
import { type Airflow, createAirflow } from './services/airflow/airflow.js';
import { createDirectory, type Directory } from './services/entra/directory.js';
import { createEntra } from './services/entra/entra.js';
import { createEventGrid, type EventGrid } from './services/eventGrid/eventGrid.js';
import { createGraph } from './services/graph/graph.js';
import { createIdentity, type Identity } from './services/identity/identity.js';
import { createKeyVault, type KeyVault } from './services/keyVault/keyVault.js';
import { createDeployments } from './services/resourceManager/deployments/deployments.js';
import type { Deployments } from './services/resourceManager/deployments/types.js';
import { createResourceManager, type ResourceManager } from './services/resourceManager/resourceManager.js';
import { createRoleAssignments, type RoleAssignments } from './services/resourceManager/roles.js';
import { RUNTIME_TYPE } from './services/resourceManager/routes.js';

export interface EmulatedAzure {
  readonly directory: Directory;
  readonly roles: RoleAssignments;
  readonly identity: Identity;
  readonly resourceManager: ResourceManager;
  /** What templates deploy. */
  readonly deployments: Deployments;
  readonly keyVault: KeyVault;
  readonly eventGrid: EventGrid;
  readonly airflow: Airflow;
  /** The service behind a public host name. */
  serviceFor(host: string): Service | undefined;
  /** Whether the name resolves: in the domains of vaults and Airflows a name does only while its owner exists. */
  resolves(host: string): boolean;
  snapshot(): unknown;
  restore(state: unknown): void;
}

const STATE = z.record(z.string(), z.unknown());

/** `identityHeader` is what the app has been told already; absent: a new one. */
export function createAzure(kernel: Kernel, identityHeader?: string): EmulatedAzure {
  const directory = createDirectory(kernel);
  const roles = createRoleAssignments(kernel);
  const entra = createEntra(kernel, { directory });
  const graph = createGraph(kernel, { directory });
  const identity = createIdentity(kernel, { directory, header: identityHeader });
  const eventGrid = createEventGrid(kernel, { directory, roles });
  const keyVault = createKeyVault(kernel, { directory, roles, events: eventGrid });
  const resourceManager = createResourceManager(kernel, {
    directory,
    roles,
    events: eventGrid,
    vaults: () => keyVault.vaults(),
    topics: () => eventGrid.topics().map(({ resourceId }) => resourceId),
  });
  const airflow = createAirflow(kernel, {
    directory,
    vaults: keyVault,
    airflows: resourceManager,
    // The documentation asks for "at least Contributor" on the factory; writing its runtimes tells that from reading.
    isAuthorized: (clientId, resourceId) => roles.allows(clientId, `${RUNTIME_TYPE}/write`, resourceId),
  });
  const deployments = createDeployments(kernel, {
    directory,
    identity,
    roles,
    vaults: () => keyVault.vaults(),
    factories: () => resourceManager.factories(),
    topics: () => eventGrid.topics().map(({ resourceId }) => resourceId),
    addTopic: (topic) => eventGrid.addTopic(topic),
  });
  resourceManager.onDagsImported((runtimeId) => airflow.dagsArrived(runtimeId));
  const services: readonly Service[] = [
    entra,
    identity,
    graph,
    eventGrid,
    resourceManager,
    keyVault,
    airflow,
  ];
  const serviceFor = (host: string) => findService(services, host);
  return {
    directory,
    roles,
    identity,
    resourceManager,
    deployments,
    keyVault,
    eventGrid,
    airflow,
    serviceFor,
    resolves(host) {
      const service = serviceFor(host);
      if (service === keyVault) return keyVault.knows(host);
      if (service === airflow) return resourceManager.byHost(host) !== undefined;
      return service !== undefined;
    },
    snapshot: () => ({
      ...Object.fromEntries(services.map((service) => [service.name, service.snapshot()])),
      deployments: deployments.snapshot(),
    }),
    restore(saved) {
      const state = STATE.parse(saved);
      for (const service of services) {
        if (service.name in state) service.restore(state[service.name]);
      }
      if ('deployments' in state) deployments.restore(state['deployments']);
    },
  };
}
