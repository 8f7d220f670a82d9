/** The user's Azure before the first deployment, emulated in this process, in virtual time. */
import { createAzure, type EmulatedAzure } from '../../../local/azure.js';
import { createKernel, type LocalKernel } from '../../../local/kernel/kernel.js';
import { putCredential } from '../../../local/sample/seed.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  DEPLOYER,
  FACTORY,
  LOCATION,
  OPERATOR_VAULT,
  OTHER_TENANT,
  READER,
  READER_OBJECT_ID,
  RESOURCE_GROUP,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  TENANT,
} from './names.js';

export interface Cloud {
  readonly kernel: LocalKernel;
  readonly azure: EmulatedAzure;
  /** Sends a request as the deployer, to a public host of Azure; the answer as text. */
  send(method: string, url: URL, body?: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** Makes a new one: a factory, two vaults, Airflow's application, and a deployer with every right. */
export function createCloud(onError: (error: unknown) => void): Cloud {
  const kernel = createKernel({ mode: 'virtual', onError });
  const azure = createAzure(kernel);
  const { directory, roles, keyVault, resourceManager } = azure;
  for (const tenant of [TENANT, OTHER_TENANT]) directory.addTenant(tenant);
  directory.addApplication({
    tenantId: TENANT,
    clientId: READER,
    displayName: 'airflow-reader',
    servicePrincipalId: READER_OBJECT_ID,
  });
  directory.addPrincipal({ tenantId: TENANT, clientId: DEPLOYER, displayName: 'deployer', kind: 'user' });
  const place = {
    tenantId: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: RESOURCE_GROUP,
    location: LOCATION,
  };
  resourceManager.addFactory({ ...place, name: FACTORY });
  for (const name of [OPERATOR_VAULT, AIRFLOW_VAULT]) keyVault.addVault({ ...place, name });
  for (const role of ['Owner', 'Key Vault Secrets Officer']) {
    roles.grant({ principal: DEPLOYER, scope: SUBSCRIPTION_ID, role });
  }
  for (const permission of ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'] as const) {
    directory.grantGraph(DEPLOYER, permission);
  }

  return {
    kernel,
    azure,
    async send(method, url, body = '') {
      const service = azure.serviceFor(url.hostname);
      if (service === undefined) throw new Error(`No service of the local cloud answers at ${url.hostname}.`);
      const issued = directory.issue(DEPLOYER, audienceOf(url));
      const answer = await service.handle({
        method,
        host: url.hostname,
        url,
        headers: { authorization: `Bearer ${issued?.token}`, 'content-type': 'application/json' },
        body: Buffer.from(body),
      });
      return { status: answer.status, text: answer.body === undefined ? '' : JSON.stringify(answer.body) };
    },
  };
}

/** The user puts a client secret of Airflow's application where the example looks for it. */
export function putUsersCredential({ kernel, azure }: Cloud): void {
  putCredential(azure, kernel.clock, {
    application: READER,
    vault: OPERATOR_VAULT,
    secret: CREDENTIAL_SECRET,
  });
}

/** Whom a token is for: vaults share one audience, the other services have their own host's. */
function audienceOf({ hostname }: URL): string {
  return hostname.endsWith('.vault.azure.net') ? 'https://vault.azure.net' : `https://${hostname}`;
}
