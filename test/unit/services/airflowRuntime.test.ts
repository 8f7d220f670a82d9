import { beforeEach, describe, expect, it } from 'vitest';
import { armOf } from './arm.js';
import {
  type Answer,
  airflowProperties,
  at,
  type Cloud,
  createCloud,
  FACTORY_ID,
  RUNTIME_ID,
} from './cloud.js';

let cloud: Cloud;
let arm: ReturnType<typeof armOf>;
beforeEach(() => {
  cloud = createCloud();
  arm = armOf(cloud);
});

const environmentOf = (answer: Answer) =>
  at(answer, 'properties', 'typeProperties', 'airflowProperties', 'airflowEnvironmentVariables');

describe('a runtime of type Airflow', () => {
  it('is answered as the documentation shows it', async () => {
    const answer = await arm.put();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: `${FACTORY_ID}/integrationruntimes/etl`,
        name: 'etl',
        type: 'Microsoft.DataFactory/factories/integrationruntimes',
        properties: {
          type: 'Airflow',
          state: 'Initial',
          typeProperties: {
            airflowProperties: {
              airflowVersion: '2.6.3',
              pythonVersion: '3.8',
              airflowEnvironmentVariables: { AIRFLOW__TEST__TEST: 'test' },
              airflowWebUrl: expect.stringMatching(
                /^https:\/\/[0-9a-f]{14}\.eastus\.airflow\.svc\.datafactory\.azure\.com\/login\/$/,
              ),
              packageProviderPath: 'plugins',
              enableTriggerers: false,
            },
          },
        },
        etag: expect.stringMatching(/^[0-9a-f]{8}-0000-0100-0000-[0-9a-f]{8}$/),
      },
    });
    expect(answer.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
  });

  it('starts after its time, and answers under its host from then on', async () => {
    const host = new URL(
      String(at(await arm.put(), 'properties', 'typeProperties', 'airflowProperties', 'airflowWebUrl')),
    ).hostname;
    await cloud.clock.advance(12 * 60_000 - 1);
    expect(await arm.state()).toBe('Initial');
    expect(cloud.arm.byHost(host)).toMatchObject({ up: false, environment: {} });
    await cloud.clock.advance(1);
    expect(await arm.state()).toBe('Started');
    expect(cloud.arm.byHost(host)).toMatchObject({
      up: true,
      startedAt: cloud.clock.now(),
      environment: { AIRFLOW__TEST__TEST: 'test' },
      requirements: ['pandas'],
    });
    expect(cloud.operations()).toContain('runtime.started');
  });

  it('keeps its old processes for the first part of a restart, then none, then new ones', async () => {
    await arm.start();
    const before = cloud.arm.byResourceId(RUNTIME_ID)?.startedAt;
    expect(at(await arm.put({ airflowEnvironmentVariables: { A: 'new' } }), 'properties', 'state')).toBe(
      'Starting',
    );
    await cloud.clock.advance(2 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({
      up: true,
      startedAt: before,
      environment: { AIRFLOW__TEST__TEST: 'test' },
    });
    await cloud.clock.advance(2 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ up: false });
    await cloud.clock.advance(8 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ up: true, environment: { A: 'new' } });
  });

  it('restarts only for changed settings, unless it is told otherwise', async () => {
    await arm.start();
    const first = at(await arm.get(), 'etag');
    const same = await arm.put();
    expect(at(same, 'properties', 'state')).toBe('Started');
    expect(at(same, 'etag')).not.toBe(first);
    cloud.arm.setLifecycle({ restart: 'always' }, RUNTIME_ID.toLowerCase());
    expect(at(await arm.put(), 'properties', 'state')).toBe('Starting');
  });

  it('refuses a write while it is being created or updated, or takes it where told to', async () => {
    await arm.put();
    expect(await arm.put({ airflowRequirements: [] })).toMatchObject({
      status: 409,
      body: { error: { code: 'Conflict' } },
    });
    cloud.arm.setLifecycle({ whileChanging: 'accept' });
    expect((await arm.put({ airflowRequirements: [] })).status).toBe(200);
    await cloud.clock.advance(12 * 60_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.requirements).toEqual([]);
  });

  it('fails, or never becomes ready, where told to', async () => {
    cloud.arm.setLifecycle({ outcome: 'failed', startSeconds: 60 });
    await arm.put();
    await cloud.clock.run();
    expect(await arm.state()).toBe('Failed');
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(false);
    cloud.arm.setLifecycle({ outcome: 'never' });
    await arm.put({ airflowRequirements: [] });
    await cloud.clock.advance(48 * 3600_000);
    expect(await arm.state()).toBe('Starting');
  });

  it('shows the old state for a while, and Started before its web server answers, where told to', async () => {
    await arm.start();
    cloud.arm.setLifecycle({ stateLagSeconds: 5, airflowLagSeconds: 40, startSeconds: 60 });
    expect(at(await arm.put({ airflowRequirements: [] }), 'properties', 'state')).toBe('Started');
    await cloud.clock.advance(5000);
    expect(await arm.state()).toBe('Starting');
    await cloud.clock.advance(55_000);
    expect(await arm.state()).toBe('Started');
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(false);
    await cloud.clock.advance(40_000);
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.up).toBe(true);
  });

  it('never shows write-only values, and loses those that a write leaves out', async () => {
    const git = { gitServiceType: 'GitHub', gitCredentialType: 'PAT', credential: 'git-value' };
    const login = { enableAADIntegration: false, userName: 'admin', password: 'web-value' };
    await arm.start({ ...login, gitSyncProperties: git });
    const shown = await arm.get();
    expect(JSON.stringify(shown.body)).not.toMatch(/git-value|web-value/);
    expect(at(shown, 'properties', 'typeProperties', 'airflowProperties')).toMatchObject({
      userName: 'admin',
      gitSyncProperties: { gitCredentialType: 'PAT' },
    });
    expect(cloud.arm.byResourceId(RUNTIME_ID)).toMatchObject({ userName: 'admin', password: 'web-value' });
    await arm.send('PUT', RUNTIME_ID, { body: shown.body });
    expect(cloud.operations()).toEqual(
      expect.arrayContaining(['runtime.passwordLost', 'runtime.gitCredentialLost']),
    );
    await cloud.clock.run();
    expect(cloud.arm.byResourceId(RUNTIME_ID)).not.toHaveProperty('password');
    expect(JSON.stringify(cloud.ledger.entries())).not.toMatch(/git-value|web-value/);
  });

  it.each([
    ['clear', { CLIENT_SECRET: 'v', PLAIN: 'p' }],
    ['null', { CLIENT_SECRET: null, PLAIN: 'p' }],
    ['asterisks', { CLIENT_SECRET: '******', PLAIN: 'p' }],
    ['empty', { CLIENT_SECRET: '', PLAIN: 'p' }],
    ['omitted', { PLAIN: 'p' }],
  ] as const)('shows variables with secret-looking names %s', async (masking, variables) => {
    cloud.arm.setLifecycle({ masking });
    await arm.put({ airflowEnvironmentVariables: { CLIENT_SECRET: 'v', PLAIN: 'p' } });
    expect(environmentOf(await arm.get())).toEqual(variables);
  });

  it('keeps unknown properties, and takes the values that are its own from nobody', async () => {
    const body = {
      properties: {
        ...airflowProperties({ airflowWebUrl: 'https://x.example/', secrets: [1] }),
        description: 'd',
      },
    };
    const answer = await arm.send('PUT', RUNTIME_ID, { body });
    expect(answer).toMatchObject({
      body: { properties: { description: 'd', typeProperties: { airflowProperties: { secrets: [1] } } } },
    });
    expect(JSON.stringify(answer.body)).not.toContain('x.example');
  });

  it('reads requirements from a text with commas', async () => {
    await arm.start({ airflowRequirements: 'a[x,y]>=1,<2, b==1 , c' });
    expect(cloud.arm.byResourceId(RUNTIME_ID)?.requirements).toEqual(['a[x,y]>=1,<2', 'b==1', 'c']);
  });

  it('has another host and etag after it was deleted and made anew', async () => {
    const first = await arm.put();
    expect((await arm.send('DELETE', RUNTIME_ID)).status).toBe(200);
    expect((await arm.send('DELETE', RUNTIME_ID)).status).toBe(204);
    expect((await arm.get()).body).toMatchObject({ error: { code: 'ResourceNotFound' } });
    const second = await arm.put();
    expect(at(second, 'etag')).not.toBe(at(first, 'etag'));
    const url = ['properties', 'typeProperties', 'airflowProperties', 'airflowWebUrl'];
    expect(at(second, ...url)).not.toBe(at(first, ...url));
  });
});
