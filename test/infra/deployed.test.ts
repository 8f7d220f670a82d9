import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  refusedProperties,
  refusedSettings,
} from '../../local/services/resourceManager/deployments/flexConsumption.js';
import { NAMES } from '../../local/services/resourceManager/deployments/names.js';
import { deploy } from './evaluate/deploy.js';
import { of, read } from './evaluate/look.js';
import type { Members } from './evaluate/values.js';
import { OPTION_SETS, WIDEST } from './options.js';

const TOPIC = z.object({ topicType: z.string() });
const SITE = z.object({ properties: z.looseObject({ siteConfig: z.record(z.string(), z.unknown()) }) });
const IDENTITY = z.object({
  identity: z.object({ userAssignedIdentities: z.record(z.string(), z.unknown()) }),
});

describe.each(OPTION_SETS)('with the options $name', ({ over, environment }) => {
  const deployed = deploy(over, environment);

  it('nothing is deployed twice', () => {
    const ids = deployed.map(({ id }) => id.toLowerCase());

    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it.each(Object.keys(NAMES))('%s has a name that Azure takes', (type) => {
    for (const { name } of of(deployed, type)) expect(name).toMatch(NAMES[type] ?? /^$/);
  });

  it('the app has nothing that Flex Consumption refuses', () => {
    const [app] = of(deployed, 'Microsoft.Web/sites').map(({ body }) => SITE.parse(body).properties);
    const properties = [...Object.keys(app ?? {}), ...Object.keys(app?.siteConfig ?? {})];

    expect(properties).toContain('http20Enabled');
    expect(refusedProperties(properties)).toEqual([]);
    expect(refusedSettings(Object.keys(settings(over)))).toEqual([]);
  });

  it('the first deployment subscribes to nothing, and alerts on nothing that is not there', () => {
    const first = deploy(over, { ...environment, AIRLOCK_SUBSCRIBE: 'false' });

    expect(first.filter(({ type }) => /systemTopics|eventSubscriptions/.test(type))).toEqual([]);
    expect(deployed.map(({ id }) => id)).toEqual(expect.arrayContaining(first.map(({ id }) => id)));
  });
});

const SETTINGS = z.object({ properties: z.record(z.string(), z.unknown()) });
const settings = (over: Members) => {
  const [found] = deploy(over).filter(({ name }) => name === 'appsettings');
  const { properties } = SETTINGS.parse(found?.body);
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
};

describe('the app', () => {
  it('has these settings', () => {
    const { AIRLOCK_CONFIG: configuration, ...others } = settings({});

    expect(configuration).toMatch(/^ {2}topic: <evgt-airlock-\w+\.properties\.endpoint> #/m);
    expect(others).toEqual({
      AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID: '',
      AIRLOCK_CONFIG_FILE: '',
      AIRLOCK_HTTP_AUTH: 'functionKey',
      AIRLOCK_IDENTITY_CLIENT_ID: expect.stringMatching(/^<id-airlock-\w+\.properties\.clientId>$/),
      AIRLOCK_PURGE_SCHEDULE: '0 30 3 * * *',
      AIRLOCK_SIGNING_KEY: expect.stringMatching(/^[0-9a-f-]{72}$/),
      AIRLOCK_SWEEP_SCHEDULE: '0 15 */6 * * *',
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: expect.stringMatching(
        /^ClientId=<id-airlock-\w+\.properties\.clientId>;Authorization=AAD$/,
      ),
      APPLICATIONINSIGHTS_CONNECTION_STRING: expect.stringMatching(
        /^<appi-airlock-\w+\.properties\.ConnectionString>$/,
      ),
      AzureWebJobsStorage__accountName: expect.stringMatching(/^st\w{13}$/),
      OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage',
      OTEL_TRACES_SAMPLER_ARG: '1.0',
      AzureWebJobsStorage__clientId: others['AIRLOCK_IDENTITY_CLIENT_ID'],
      AzureWebJobsStorage__credential: 'managedidentity',
    });
  });

  it('names the scheduler, and the identity for web servers, where they are chosen', () => {
    expect(settings({ ...WIDEST, customTopic: false, configuration: '' })).toMatchObject({
      AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID: expect.stringMatching(
        /^<id-a+-airflow-\w+\.properties\.clientId>$/,
      ),
      AIRLOCK_CONFIG: '',
      AIRLOCK_CONFIG_FILE: 'airlock.yaml',
      AIRLOCK_HTTP_AUTH: 'appService',
      AzureFunctionsJobHost__extensions__durableTask__hubName: 'airlock',
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged',
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: expect.stringMatching(
        /^Endpoint=<dts-a+-\w+\.properties\.endpoint>;Authentication=ManagedIdentity;ClientID=<id-a+-\w+\.properties\.clientId>$/,
      ),
    });
  });

  it('runs on Flex Consumption as it is documented', () => {
    const [plan] = of(deploy(), 'Microsoft.Web/serverfarms');
    const [app] = of(deploy(WIDEST), 'Microsoft.Web/sites');
    const [scheduler] = of(deploy(WIDEST), 'Microsoft.DurableTask/schedulers');
    const [network] = of(deploy(WIDEST), 'Microsoft.Network/virtualNetworks');
    const subnets = {
      subnets: [{ name: 'app', properties: { delegations: [FLEX_DELEGATION] } }, { name: 'endpoints' }],
    };

    expect(plan?.body).toMatchObject({
      sku: { name: 'FC1', tier: 'FlexConsumption' },
      properties: { reserved: true },
    });
    expect(app?.body['properties']).toMatchObject({
      functionAppConfig: {
        deployment: { storage: { type: 'blobContainer', authentication: { type: 'UserAssignedIdentity' } } },
        runtime: { name: 'node', version: '22' },
        scaleAndConcurrency: {
          instanceMemoryMB: 2048,
          alwaysReady: [
            { name: 'durable', instanceCount: 1 },
            { name: 'function:runtimeEvents', instanceCount: 1 },
            { name: 'function:credentialEvents', instanceCount: 1 },
          ],
        },
      },
      virtualNetworkSubnetId: `${network?.id}/subnets/app`,
    });
    expect(network?.body['properties']).toMatchObject(subnets);
    // An empty list would keep everybody out.
    expect(scheduler?.body['properties']).toMatchObject({ ipAllowlist: ['0.0.0.0/0'] });
  });
});

describe('private endpoints', () => {
  it('take the network along, and shut storage', () => {
    const deployed = deploy({ privateEndpoints: true });
    const accounts = of(deployed, 'Microsoft.Storage/storageAccounts');
    const [app] = of(deployed, 'Microsoft.Web/sites');
    const zones = of(deployed, 'Microsoft.Network/privateDnsZones').map(({ name }) => name);

    expect(accounts).toHaveLength(2);
    for (const { body } of accounts) {
      expect(body['properties']).toMatchObject({
        networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
      });
    }
    expect(app?.body['properties']).toHaveProperty('virtualNetworkSubnetId');
    expect(zones).toEqual([
      'privatelink.blob.core.windows.net',
      'privatelink.queue.core.windows.net',
      'privatelink.table.core.windows.net',
      'privatelink.vaultcore.azure.net',
    ]);
    expect(of(deployed, 'Microsoft.Network/privateEndpoints')).toHaveLength(7);
    expect(of(deploy(), 'Microsoft.Network/virtualNetworks')).toEqual([]);
  });
});

const FLEX_DELEGATION = { properties: { serviceName: 'Microsoft.App/environments' } };

describe('events', () => {
  it.each([
    ['runtimes', 'Microsoft.Resources.ResourceGroups', 'global'],
    ['credentials', 'Microsoft.KeyVault.vaults', '<contoso-ops.location>'],
  ])(
    'of %s come through a topic of their source, are tried for a day, then kept',
    (what, topicType, location) => {
      const deployed = deploy();
      const [topic] = of(deployed, 'Microsoft.EventGrid/systemTopics').filter(
        (one) => read(TOPIC, one).topicType === topicType,
      );
      const [subscribed] = of(deployed, 'Microsoft.EventGrid/systemTopics/eventSubscriptions').filter(
        ({ name }) => name.includes(`-${what}-`),
      );
      const storage = of(deployed, 'Microsoft.Storage/storageAccounts').find(({ name }) =>
        name.startsWith('stevents'),
      );
      const [identity = ''] = Object.keys(IDENTITY.parse(topic?.body).identity.userAssignedIdentities);

      expect(String(topic?.body['location'])).toBe(location);
      expect(subscribed?.id.startsWith(`${topic?.id}/`)).toBe(true);
      expect(identity).toMatch(/\/id-airlock-events-\w+$/);
      expect(subscribed?.body['properties']).toMatchObject({
        eventDeliverySchema: 'EventGridSchema',
        retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
        deadLetterWithResourceIdentity: {
          identity: { type: 'UserAssigned', userAssignedIdentity: identity },
          deadLetterDestination: {
            properties: { resourceId: storage?.id, blobContainerName: 'dead-letters' },
          },
        },
      });
    },
  );

  it('of runtimes go without dead letters where Event Grid wants no identity on a topic in location global', () => {
    const deployed = deploy({ runtimeDeadLetters: false, alertEmails: ['ops@contoso.example'] });
    const [topic] = of(deployed, 'Microsoft.EventGrid/systemTopics').filter(
      ({ body }) => String(body['location']) === 'global',
    );
    const subscribed = of(deployed, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    const ofRuntimes = subscribed.find(({ name }) => name.includes('-runtimes-'));
    const ofCredentials = subscribed.find(({ name }) => name.includes('-credentials-'));

    expect(topic?.body).not.toHaveProperty('identity');
    expect(ofRuntimes?.body['properties']).toHaveProperty('deadLetterWithResourceIdentity', null);
    expect(ofCredentials?.body['properties']).toHaveProperty('deadLetterWithResourceIdentity.identity');
    expect(deployed.filter(({ name }) => name.startsWith('airlock-dead-letters-'))).toHaveLength(1);
  });

  it('of a source that has a topic already come through that one', () => {
    const over = { existingSystemTopics: { 'rg-sales': 'theirs', 'contoso-ops': 'its' } };
    const deployed = deploy(over);

    expect(of(deployed, 'Microsoft.EventGrid/systemTopics')).toEqual([]);
    expect(
      of(deployed, 'Microsoft.EventGrid/systemTopics/eventSubscriptions').map(({ id }) =>
        id.split('/').at(-3),
      ),
    ).toEqual(['theirs', 'its']);
  });
});

describe("the parameters' own constraints", () => {
  it.each([
    [{ name: 'a'.repeat(17) }, 'The parameter name is too long.'],
    [{ name: 'a' }, 'The parameter name is too short.'],
    [{ environmentName: 'e'.repeat(33) }, 'The parameter environmentName is too long.'],
    [{ location: 'germanynorth' }, 'The parameter location is not allowed.'],
    [{ airflowLogin: 'apps' }, 'The parameter airflowLogin is not allowed.'],
    [{ dagImports: 'yes' }, 'The parameter dagImports is not allowed.'],
    [{ factories: [] }, 'The parameter factories is too short.'],
    [{ sweepEveryHours: 5 }, 'The parameter sweepEveryHours is not allowed.'],
    [{ instanceMemoryMB: 1024 }, 'The parameter instanceMemoryMB is not allowed.'],
    [{ maximumInstanceCount: 20 }, 'The parameter maximumInstanceCount is too small.'],
    [{ logRetentionDays: 1000 }, 'The parameter logRetentionDays is too big.'],
    [{ surplus: true }, 'There is no parameter surplus.'],
  ])('refuse %j', (over: Members, said) => {
    expect(() => deploy(over)).toThrow(said);
  });
});
