// A client of Azure as any other: the real SDKs, and nothing that knows of emulation. Runs in a process of its own,
// since Node reads NODE_EXTRA_CA_CERTS only when it starts. Takes what it is to do as lines of JSON, one after another, and
// prints what it got of each as one.
import { createInterface } from 'node:readline';
import { DataFactoryManagementClient } from '@azure/arm-datafactory';
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';

const retryOptions = { maxRetries: 0 };

/** The value, or what an error says about itself. */
async function outcome(promise) {
  try {
    return await promise;
  } catch (error) {
    return { error: error.name, code: error.code, status: error.statusCode, message: error.message };
  }
}

async function all(pages) {
  const items = [];
  for await (const one of pages) items.push(one);
  return items;
}

const scenarios = {
  async runtimes({ subscription, resourceGroup, factory, properties }) {
    const client = new DataFactoryManagementClient(new DefaultAzureCredential(), subscription, {
      retryOptions,
    });
    const api = client.integrationRuntimes;
    const at = [resourceGroup, factory, 'etl'];
    const created = await api.createOrUpdate(...at, { properties });
    const read = await api.get(...at);
    return {
      created,
      read,
      notModified: await outcome(api.get(...at, { ifNoneMatch: read.etag })),
      listed: (await all(api.listByFactory(resourceGroup, factory))).map(({ name }) => name),
      factories: (await all(client.factories.list())).map(({ name }) => name),
      factoriesOfGroup: (await all(client.factories.listByResourceGroup(resourceGroup))).map(
        ({ name }) => name,
      ),
      conflict: await outcome(api.createOrUpdate(...at, { properties }, { ifMatch: read.etag })),
      stale: await outcome(api.createOrUpdate(...at, { properties }, { ifMatch: 'stale' })),
      deleted: await outcome(api.delete(...at)),
      deletedAgain: await outcome(api.delete(...at)),
      missing: await outcome(api.get(...at)),
      forbidden: await outcome(client.pipelines.get(resourceGroup, factory, 'p')),
    };
  },

  async secrets({ vault }) {
    const client = new SecretClient(vault, new ManagedIdentityCredential(), { retryOptions });
    const set = await client.setSecret('db', 'one', {
      tags: { key: 'id' },
      expiresOn: new Date('2027-01-01T00:00:00Z'),
    });
    await client.setSecret('db', 'two');
    const version = set.properties.version;
    const updated = await client.updateSecretProperties('db', version, { enabled: false });
    const current = await client.getSecret('db');
    const disabled = await outcome(client.getSecret('db', { version }));
    const listed = await all(client.listPropertiesOfSecrets());
    const versions = await all(client.listPropertiesOfSecretVersions('db'));
    const deletion = await client.beginDeleteSecret('db', { intervalInMs: 10 });
    await deletion.pollUntilDone();
    const gone = await outcome(client.getSecret('db'));
    const again = await outcome(client.setSecret('db', 'three'));
    const deleted = await all(client.listDeletedSecrets());
    const recovery = await client.beginRecoverDeletedSecret('db', { intervalInMs: 10 });
    await recovery.pollUntilDone();
    const recovered = await client.getSecret('db');
    await (await client.beginDeleteSecret('db', { intervalInMs: 10 })).pollUntilDone();
    await client.purgeDeletedSecret('db');
    return {
      set: set.properties,
      updated: updated.enabled,
      current: current.value,
      disabled,
      listed: listed.map(({ name }) => name),
      versions: versions.map(({ enabled }) => enabled),
      gone,
      again,
      deleted: deleted.map(({ name }) => name),
      recovered: recovered.value,
      purged: (await all(client.listDeletedSecrets())).length,
    };
  },

  async noVault({ vault }) {
    const client = new SecretClient(vault, new ManagedIdentityCredential(), { retryOptions });
    return outcome(client.getSecret('db'));
  },

  async clientSecret({ tenant, clientId, clientSecret, vault, options }) {
    const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
      retryOptions,
      ...options,
    });
    const client = new SecretClient(vault, credential, { retryOptions });
    const read = await outcome(client.getSecret('db'));
    return read.value === undefined ? read : { value: read.value };
  },

  async token({ tenant, clientId, clientSecret }) {
    const credential = new ClientSecretCredential(tenant, clientId, clientSecret, { retryOptions });
    return outcome(credential.getToken('https://vault.azure.net/.default'));
  },

  async publish({ topic, key }) {
    const credential = key === undefined ? new ManagedIdentityCredential() : new AzureKeyCredential(key);
    const event = {
      type: 'airlock.run.ended',
      source: '/airlock',
      subject: 'runs/1',
      data: { outcome: 'enabled' },
    };
    const client = new EventGridPublisherClient(topic, 'CloudEvent', credential, { retryOptions });
    const own = new EventGridPublisherClient(topic, 'EventGrid', credential, { retryOptions });
    const { type: eventType, subject, data } = event;
    return {
      cloudEvent: await outcome(client.send([event])),
      own: await outcome(own.send([{ eventType, subject, data, dataVersion: '1' }])),
    };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { scenario, input } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await scenarios[scenario](input))}\n`);
}
