import { describe, expect, it } from 'vitest';
import {
  bearer,
  type Cloud,
  call,
  createCloud,
  GROUP_ID,
  PORTAL,
  TENANT,
  VAULT_HOST,
  VAULT_ID,
} from '../cloud.js';
import {
  ACCOUNT,
  APP,
  app,
  assignment,
  CUSTOM_ROLE,
  causeIn,
  customRole,
  DEAD_LETTERS,
  deploy,
  EVENTS_IDENTITY,
  GROUND,
  IDENTITY,
  LOCATION,
  PRINCIPAL,
  resource,
  SECRETS_USER,
  SITE,
  SYSTEM_TOPIC,
  settings,
  subscription,
  TO_QUEUE,
  TOPIC,
  TOPICS,
  toFunction,
} from './template.js';

const MINUTE = 60_000;
const SECRET = `${VAULT_ID}/secrets/airflow-sp`;
const GET_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';
const SET_SECRET = 'Microsoft.KeyVault/vaults/secrets/setSecret/action';

const added = ({ deployments }: Cloud, id: string) =>
  deployments.resources().find((one) => one.id === id)?.added ?? {};
const clientOf = (cloud: Cloud, identity = IDENTITY) => added(cloud, identity)['clientId'] ?? '';

describe('a deployment', () => {
  it('makes identities that the directory knows, and names them where the template asks', async () => {
    const cloud = createCloud();
    await deploy(cloud, [...GROUND, ...APP, ...TOPICS]);

    const clientId = clientOf(cloud);

    expect(cloud.directory.principal(clientId)).toMatchObject({
      tenantId: TENANT,
      displayName: 'id-app',
      kind: 'managedIdentity',
      objectId: added(cloud, IDENTITY)['principalId'],
    });
    expect(cloud.deployments.settingsOf(SITE)).toEqual({
      CLIENT: clientId,
      TOPIC: 'https://evgt-airlock.westeurope-1.eventgrid.azure.net/api/events',
    });
    expect(cloud.eventGrid.topics().map(({ resourceId }) => resourceId)).toContain(TOPIC);
  });

  it("gives the app's identities tokens, and no others", async () => {
    const cloud = createCloud();
    await deploy(cloud, [...GROUND, ...APP]);
    const ask = async (clientId: string) => {
      const url = new URL('http://127.0.0.1/msi/token?api-version=2019-08-01');
      url.searchParams.set('resource', 'https://vault.azure.net');
      url.searchParams.set('client_id', clientId);
      const headers = { 'x-identity-header': cloud.identity.header };
      return cloud.identity.handle({ method: 'GET', host: '', url, headers, body: Buffer.from('') });
    };

    expect(await ask(clientOf(cloud))).toMatchObject({ status: 200 });
    expect(await ask(clientOf(cloud, EVENTS_IDENTITY))).toMatchObject({ status: 400 });
  });

  it('leaves what it does not know as it stands', async () => {
    const cloud = createCloud();
    await deploy(cloud, [...GROUND, app(), settings({ INSIGHTS: '<appi.ConnectionString>' })]);

    expect(cloud.deployments.settingsOf(SITE)).toMatchObject({ INSIGHTS: '<appi.ConnectionString>' });
  });

  it('keeps what was made before the error, and goes on from there', async () => {
    const cloud = createCloud();
    const wrong = [...GROUND, app({ ftpsState: 'Disabled' }), settings()];

    const failed = await deploy(cloud, wrong);

    expect(failed).toMatchObject({ error: { code: 'DeploymentFailed' } });
    expect(causeIn(failed).on).toBe(SITE);
    expect(cloud.deployments.resources().map(({ id }) => id)).toEqual(GROUND.map(({ id }) => id));
    expect(await deploy(cloud, [...GROUND, app(), settings()])).toMatchObject({ status: 'Succeeded' });
  });

  it('changes nothing where it is the same again', async () => {
    const cloud = createCloud();
    const all = [...GROUND, customRole([GET_SECRET]), ...APP, ...TOPICS];
    await deploy(cloud, all);
    const state = () => [
      new Map(cloud.deployments.resources().map((one) => [one.id, one])),
      cloud.roles.list(),
      cloud.directory.snapshot(),
      cloud.identity.snapshot(),
      cloud.eventGrid.topics(),
    ];
    const before = structuredClone(state());

    await cloud.clock.advance(MINUTE);
    await deploy(cloud, all);

    expect(state()).toEqual(before);
  });

  it('takes its time on the clock of the local cloud, resource by resource', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ resourceSeconds: 30 });
    const deployed = deploy(cloud, GROUND);

    await cloud.clock.advance(MINUTE);
    const halfway = cloud.deployments.resources().length;
    await cloud.clock.run();

    expect(halfway).toBe(2);
    expect(await deployed).toMatchObject({ status: 'Succeeded' });
  });

  it('does not run beside another of its name', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ resourceSeconds: 30 });
    const first = deploy(cloud, GROUND);

    expect(await deploy(cloud, GROUND)).toMatchObject({ error: { code: 'DeploymentActive' } });
    await cloud.clock.run();
    expect(await first).toMatchObject({ status: 'Succeeded' });
  });

  it('is refused where a resource lacks what its provider needs', async () => {
    const cloud = createCloud();
    const noSource = resource(SYSTEM_TOPIC, { location: 'global', properties: {} });

    expect(causeIn(await deploy(cloud, [...GROUND, noSource]))).toMatchObject({
      code: 'InvalidRequestContent',
      message: expect.stringContaining('properties.source'),
      on: noSource.id,
    });
  });

  it('is not played where a role leaves operations out', async () => {
    const role = customRole([]);
    const permissions = [{ actions: ['*'], notActions: ['Microsoft.Authorization/*'] }];
    const body = { properties: { roleName: 'Nearly all', permissions } };

    await expect(deploy(createCloud(), [...GROUND, { ...role, body }])).rejects.toThrow(
      'Nearly all has notActions',
    );
  });

  it('survives a restart', async () => {
    const cloud = createCloud();
    await deploy(cloud, [...GROUND, ...APP]);
    cloud.deployments.publish(SITE, ['onEvent']);
    const kept: unknown = JSON.parse(JSON.stringify(cloud.deployments.snapshot()));

    const restarted = createCloud();
    restarted.deployments.restore(kept);

    expect(restarted.deployments.resources()).toEqual(cloud.deployments.resources());
    expect(restarted.deployments.functionsOf(SITE)).toEqual(['onEvent']);
  });

  it("is refused in a tenant's policy's words, where a fault says so", async () => {
    const cloud = createCloud();
    const error = { code: 'RequestDisallowedByPolicy', message: 'Resource was disallowed by policy.' };
    cloud.faults.add({
      match: { service: 'arm', operation: 'deployments.write', subject: 'storageAccounts' },
      action: { kind: 'status', status: 403, body: { error } },
      times: 1,
    });

    expect(causeIn(await deploy(cloud, GROUND))).toMatchObject({ ...error, on: ACCOUNT });
    expect(await deploy(cloud, GROUND)).toMatchObject({ status: 'Succeeded' });
  });
});

describe('a role assignment', () => {
  it('gives what its role says, there and below, and nothing else', async () => {
    const cloud = createCloud();
    cloud.vault.setSecret(VAULT_HOST, 'airflow-sp', { value: 'a-shell' });
    await deploy(cloud, [...GROUND, assignment(9, PRINCIPAL, SECRETS_USER, SECRET)]);
    const app = clientOf(cloud);

    expect(cloud.roles.allowsData(app, GET_SECRET, SECRET)).toBe(true);
    expect(cloud.roles.allowsData(app, SET_SECRET, SECRET)).toBe(false);
    expect(cloud.roles.allowsData(app, GET_SECRET, `${VAULT_ID}/secrets/other`)).toBe(false);
    expect(cloud.roles.allowsData(clientOf(cloud, EVENTS_IDENTITY), GET_SECRET, SECRET)).toBe(false);
  });

  it('is refused on a secret that was deleted', async () => {
    const cloud = createCloud();
    cloud.vault.setSecret(VAULT_HOST, 'airflow-sp', { value: 'a-shell' });
    cloud.roles.grant({ principal: PORTAL, scope: VAULT_ID, role: 'Key Vault Administrator' });
    const headers = bearer(cloud, PORTAL, 'https://vault.azure.net');
    const url = `https://${VAULT_HOST}/secrets/airflow-sp?api-version=7.5`;
    expect((await call(cloud.vault, 'DELETE', url, { headers })).status).toBe(200);

    const result = await deploy(cloud, [...GROUND, assignment(9, PRINCIPAL, SECRETS_USER, SECRET)]);

    expect(causeIn(result).code).toBe('ResourceNotFound');
  });

  it('follows a custom role that is written again', async () => {
    const cloud = createCloud();
    const holds = assignment(9, PRINCIPAL, CUSTOM_ROLE, VAULT_ID);
    await deploy(cloud, [...GROUND, customRole([GET_SECRET]), holds]);

    await deploy(cloud, [customRole([SET_SECRET]), holds]);

    const may = (action: string) => cloud.roles.allowsData(clientOf(cloud), action, VAULT_ID);
    expect([may(GET_SECRET), may(SET_SECRET)]).toEqual([false, true]);
  });

  it('comes back with the next deployment where somebody has taken it away', async () => {
    const cloud = createCloud();
    const all = [...GROUND, assignment(9, PRINCIPAL, SECRETS_USER, VAULT_ID)];
    await deploy(cloud, all);
    cloud.roles.revoke({ principal: clientOf(cloud) });

    await deploy(cloud, all);

    expect(cloud.roles.allowsData(clientOf(cloud), GET_SECRET, VAULT_ID)).toBe(true);
  });

  it('takes effect some minutes later; the same again does not begin anew', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ roleSeconds: 300 });
    const all = [...GROUND, assignment(9, PRINCIPAL, SECRETS_USER, VAULT_ID)];
    const sees = () => [
      cloud.roles.allowsData(clientOf(cloud), GET_SECRET, VAULT_ID),
      cloud.roles.held(clientOf(cloud), VAULT_ID).length,
    ];
    await deploy(cloud, all);
    await cloud.clock.advance(5 * MINUTE - 1);
    await deploy(cloud, all);

    expect(sees()).toEqual([false, 0]);
    await cloud.clock.advance(1);
    expect(sees()).toEqual([true, 1]);
  });
});

describe('a system topic in the location global', () => {
  it('has an identity, or has none where Event Grid refuses it', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ identityOnGlobalTopics: false });
    const [global] = TOPICS;
    if (global === undefined) throw new Error('There is no topic.');
    const { identity: _, ...without } = global.body;

    expect(causeIn(await deploy(cloud, [...GROUND, global])).message).toContain(
      "unavailable for location 'global'",
    );
    expect(await deploy(cloud, [{ ...global, body: without }])).toMatchObject({ status: 'Succeeded' });
    cloud.deployments.configure({ identityOnGlobalTopics: true });
    expect(await deploy(cloud, [global])).toMatchObject({ status: 'Succeeded' });
  });
});

describe('an event subscription', () => {
  it('is refused while the role of its identity has not taken effect', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ roleSeconds: 300 });
    const all = [
      ...GROUND,
      ...APP,
      subscription(TOPIC, {
        deliveryWithResourceIdentity: TO_QUEUE,
        deadLetterWithResourceIdentity: DEAD_LETTERS,
      }),
    ];

    expect(causeIn(await deploy(cloud, all)).code).toBe('Managed Identity Authorization Error');
    await cloud.clock.advance(5 * MINUTE);
    expect(await deploy(cloud, all)).toMatchObject({ status: 'Succeeded' });
  });

  it('is refused while its function is not indexed', async () => {
    const cloud = createCloud();
    cloud.deployments.configure({ indexSeconds: 120 });
    const all = [...GROUND, ...APP, subscription(TOPIC, { destination: toFunction('onEvent') })];
    await deploy(cloud, [...GROUND, ...APP]);
    cloud.deployments.publish(SITE, ['onEvent']);

    expect(causeIn(await deploy(cloud, all)).code).toBe('Endpoint validation');
    await cloud.clock.advance(2 * MINUTE);
    expect(await deploy(cloud, all)).toMatchObject({ status: 'Succeeded' });
  });

  it('is made on a system topic that was there before', async () => {
    const cloud = createCloud();
    const id = `${GROUP_ID}/providers/Microsoft.EventGrid/systemTopics/theirs`;
    const identity = { userAssignedIdentities: { [EVENTS_IDENTITY]: {} } };
    cloud.deployments.add(resource(id, { location: 'global', identity, properties: { source: GROUP_ID } }));

    const made = subscription(id, { deliveryWithResourceIdentity: TO_QUEUE });

    expect(await deploy(cloud, [...GROUND, ...APP, made])).toMatchObject({ status: 'Succeeded' });
  });
});

describe('a function app', () => {
  it('takes a package once its role on the storage has taken effect, and has its functions later', async () => {
    const cloud = createCloud();
    const { clock, deployments } = cloud;
    deployments.configure({ roleSeconds: 180, indexSeconds: 60 });
    await deploy(cloud, [...GROUND, ...APP]);

    expect(deployments.publish(SITE, ['onEvent'])).toMatchObject({
      status: 403,
      code: 'InaccessibleStorageException',
    });
    expect(deployments.functionsOf(SITE)).toEqual([]);
    await clock.advance(3 * MINUTE);
    expect(deployments.publish(SITE, ['onEvent'])).toEqual({ status: 200 });
    expect(deployments.functionsOf(SITE)).toEqual([]);
    await clock.advance(MINUTE);
    expect(deployments.functionsOf(SITE)).toEqual(['onEvent']);
  });

  it('keeps its functions through the next deployment', async () => {
    const cloud = createCloud();
    await deploy(cloud, [...GROUND, ...APP]);
    cloud.deployments.publish(SITE, ['onEvent']);

    await deploy(cloud, [...GROUND, ...APP.slice(0, -1), settings({ MORE: '1' })]);

    expect(cloud.deployments.functionsOf(SITE)).toEqual(['onEvent']);
    expect(cloud.deployments.settingsOf(SITE)).toMatchObject({ MORE: '1' });
  });

  it('can be stopped and started', async () => {
    const cloud = createCloud();
    const { deployments } = cloud;
    await deploy(cloud, [...GROUND, ...APP]);

    expect([deployments.isRunning(SITE), deployments.stop(SITE), deployments.isRunning(SITE)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([deployments.start(SITE), deployments.isRunning(SITE)]).toEqual([true, true]);
    expect([deployments.stop(`${SITE}-2`), deployments.isRunning(`${SITE}-2`)]).toEqual([false, false]);
  });

  it('that is not there takes no package', () => {
    const { deployments } = createCloud();

    expect(deployments.publish(SITE, ['onEvent'])).toMatchObject({ status: 404, code: 'ResourceNotFound' });
    expect([deployments.functionsOf(SITE), deployments.settingsOf(SITE)]).toEqual([[], {}]);
  });
});

describe("Key Vault's older versions", () => {
  const vault = (version: string) =>
    resource(`${GROUP_ID}/providers/Microsoft.KeyVault/vaults/theirs`, { location: LOCATION }, version);

  it.each([
    ['2027-02-26T23:59:59Z', '2025-05-01', 'Succeeded', 200],
    ['2027-02-27T00:00:00Z', '2025-05-01', 'Failed', 400],
    ['2027-02-27T00:00:00Z', '2026-02-01', 'Succeeded', 200],
  ])('at %s %s', async (time, version, status, read) => {
    const cloud = createCloud();
    await cloud.clock.advance(Date.parse(time) - cloud.clock.now());
    const token = cloud.directory.issue(PORTAL, 'https://management.azure.com');
    const answer = await cloud.arm.handle({
      method: 'GET',
      host: 'management.azure.com',
      url: new URL(`https://management.azure.com${VAULT_ID}?api-version=${version}`),
      headers: { authorization: `Bearer ${token?.token}` },
      body: Buffer.from(''),
    });

    expect((await deploy(cloud, [vault(version)])).status).toBe(status);
    expect(answer.status).toBe(read);
  });
});
