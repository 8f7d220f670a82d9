/** The templates against the checks of the local cloud's Resource Manager, in the order of a first deployment. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { EmulatedAzure } from '../../local/azure.js';
import type { LocalKernel } from '../../local/kernel/kernel.js';
import { EVENT_FUNCTION, SECRET_EVENT_FUNCTION, TENANT } from '../../local/sample/names.js';
import { causeOf, type TemplateResource } from '../../local/services/resourceManager/deployments/types.js';
import { beforeDeployment } from './beforeDeployment.js';
import { deploy } from './evaluate/deploy.js';
import { plain } from './evaluate/plain.js';
import type { Members } from './evaluate/values.js';

const MINUTE = 60_000;

let kernel: LocalKernel;
let azure: EmulatedAzure;

beforeEach(() => {
  ({ kernel, azure } = beforeDeployment('virtual', TENANT));
});

const template = (subscribes: boolean, over: Members = {}) =>
  plain(deploy(over, { AIRLOCK_SUBSCRIBE: String(subscribes) }));

async function outcome(resources: readonly TemplateResource[]) {
  const result = await azure.deployments.deploy('airlock', 'westeurope', resources);
  if (result.status === 'Succeeded') return result.status;
  const { code } = causeOf(result.error);
  return `${code} on ${result.error.details?.[0]?.target?.split('/').at(-1)}`;
}

const siteIn = (resources: readonly TemplateResource[]) =>
  resources.find(({ type }) => type === 'Microsoft.Web/sites')?.id ?? '';

describe.each([
  ['the values of main.bicepparam', {}],
  ['a network and private endpoints', { vnetIntegration: true, privateEndpoints: true }],
  ['the Durable Task Scheduler', { durableBackEnd: 'DurableTaskScheduler' }],
  ['one event source for the subscription', { eventSource: 'subscription' }],
  ['DAG imports and an own identity for Airflow', { airflowLogin: 'ownIdentity', dagImports: 'customRole' }],
  ['roles on vaults', { rolesOnSecrets: false }],
])('with %s', (_name, over) => {
  it('the first deployment succeeds, the package is taken minutes later, the second deployment subscribes', async () => {
    azure.deployments.configure({ roleSeconds: 300, indexSeconds: 60 });
    const [first, second] = [template(false, over), template(true, over)];
    const site = siteIn(first);

    expect(await outcome(first)).toBe('Succeeded');
    expect(azure.deployments.publish(site, [EVENT_FUNCTION, SECRET_EVENT_FUNCTION]).status).toBe(403);
    await kernel.clock.advance(5 * MINUTE);
    expect(azure.deployments.publish(site, [EVENT_FUNCTION, SECRET_EVENT_FUNCTION]).status).toBe(200);
    expect(await outcome(second)).toMatch(/^Endpoint validation on airlock-/);
    await kernel.clock.advance(MINUTE);
    expect(await outcome(second)).toBe('Succeeded');
    expect(await outcome(second)).toBe('Succeeded');
  });
});

describe('what is missing is named', () => {
  it('a secret that has no shell', async () => {
    const { snapshot } = azure.keyVault;
    const vaults = JSON.parse(JSON.stringify(snapshot())) as { secrets: unknown[] }[];
    for (const vault of vaults) vault.secrets = [];
    azure.keyVault.restore(vaults);

    expect(await outcome(template(false))).toMatch(/^ResourceNotFound on [0-9a-f-]{36}$/);
  });

  it('a factory', async () => {
    const over = { factories: [{ resourceGroup: 'rg-sales', factory: 'adf-lost' }] };

    expect(await outcome(template(false, over))).toMatch(/^ResourceNotFound on [0-9a-f-]{36}$/);
  });

  it('a group', async () => {
    expect(await outcome(template(false, { factories: [{ resourceGroup: 'rg-lost' }] }))).toMatch(
      /^ResourceGroupNotFound on /,
    );
  });
});

describe('what earlier templates had, public records say fails', () => {
  const grantedBelow = (resources: readonly TemplateResource[], path: string) =>
    resources.map((one) => {
      const [account] = /^.*\/storageAccounts\/[^/]+$/.exec(one.scope) ?? [];
      const isEvents = JSON.stringify(one.body).includes('<id-airlock-events');
      if (account === undefined || !isEvents) return one;
      return { ...one, scope: `${account}/${path}`, id: one.id.replace(account, `${account}/${path}`) };
    });

  it.each(['blobServices/default/containers/dead-letters', 'queueServices/default/queues/airlock-told'])(
    "the events' identity with its roles on %s alone",
    async (path) => {
      const first = grantedBelow(template(false), path);

      expect(await outcome(first)).toBe('Succeeded');
      azure.deployments.publish(siteIn(first), [EVENT_FUNCTION, SECRET_EVENT_FUNCTION]);

      expect(await outcome(grantedBelow(template(true), path))).toMatch(
        /^Managed Identity Authorization Error on /,
      );
    },
  );

  it('ftpsState on Flex Consumption', async () => {
    const wrong = template(false).map((one) =>
      one.type === 'Microsoft.Web/sites'
        ? {
            ...one,
            body: {
              ...one.body,
              properties: { ...(one.body['properties'] as object), siteConfig: { ftpsState: 'Disabled' } },
            },
          }
        : one,
    );

    expect(await outcome(wrong)).toMatch(/^51021 on func-airlock-/);
  });
});

describe('two environments in one subscription', () => {
  it('stand beside each other, in two regions', async () => {
    const other = (AZURE_ENV_NAME: string, AZURE_LOCATION: string) =>
      plain(deploy({}, { AIRLOCK_SUBSCRIBE: 'false', AZURE_ENV_NAME, AZURE_LOCATION }));
    const { deployments } = azure;

    expect(await deployments.deploy('prod', 'westeurope', other('prod', 'westeurope'))).toMatchObject({
      status: 'Succeeded',
    });
    const second = await deployments.deploy('test', 'northeurope', other('test', 'northeurope'));

    expect(second.status === 'Failed' ? causeOf(second.error) : second.status).toBe('Succeeded');
  });
});
