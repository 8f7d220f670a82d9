/** Values that a read hides, or does not give at all: no write destroys them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { airflowRuntime } from '../../../local/sample/airflowRuntime.js';
import { OPERATOR_VAULT } from '../../../local/sample/names.js';
import { armCalls, enable, impatientConfig, runtimeId, startCloud, type TestCloud } from './harness.js';
import { propertiesOf } from './stored.js';

const REFERENCE = (name: string) => `{ vault: "https://${OPERATOR_VAULT}.vault.azure.net", name: ${name} }`;
/** Runtimes named `held-…` have a profile that knows where the values are. */
const HELD = `    writeOnly:
      webServerPassword: ${REFERENCE('airflow-web')}
      gitCredential: ${REFERENCE('airflow-git')}
      variables: { DB_PASSWORD: ${REFERENCE('db-password')} }
`;
const VALUES = {
  'airflow-web': 'the-password-of-web',
  'airflow-git': 'the-credential-of-git',
  'db-password': 'the-password-of-db',
};
const GIT = { repo: 'https://git.example/dags', credential: VALUES['airflow-git'] };

function config(): string {
  const [head = '', profile = ''] = impatientConfig().split('profiles:\n');
  const half = profile.replace('name: "*"', 'name: "half-*"');
  const held = profile.replace('name: default', 'name: held').replace('name: "*"', 'name: "held-*"');
  return `${head}profiles:\n${half}${held}${HELD}`;
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud({ configText: config() });
  for (const [name, value] of Object.entries(VALUES)) {
    await cloud.client.setSecret(OPERATOR_VAULT, name, { value });
  }
  await cloud.client.setRole({ principal: 'app', vault: OPERATOR_VAULT, grant: true });
});
afterAll(async () => {
  await cloud.handle.stop();
});

async function lostBy(name: string): Promise<readonly string[]> {
  const found = (await cloud.client.runtimes()).find((one) => one.name === name);
  const masked = await cloud.client.ledger({ service: 'arm', operation: 'runtime.maskedValueStored' });
  return [
    ...(found?.passwordLost ? ['password'] : []),
    ...(found?.gitCredentialLost ? ['git credential'] : []),
    ...masked.filter(({ subject }) => subject?.endsWith(`/${name}`)).map(() => 'mask stored'),
  ];
}

const MASKINGS = ['null', 'asterisks', 'empty', 'omitted', 'partly', 'secureString'] as const;

describe('a variable whose value a read hides', () => {
  it.each(MASKINGS)('is sent again from its reference (%s)', async (masking) => {
    const name = `held-${masking.toLowerCase()}`;
    await cloud.client.setLifecycle({ masking }, name);
    const airflowEnvironmentVariables = { PLAIN: 'p', DB_PASSWORD: VALUES['db-password'] };
    const run = await enable(cloud, { name, airflowProperties: { airflowEnvironmentVariables } });

    expect(run).toMatchObject({ outcome: 'enabled' });
    expect((await propertiesOf(cloud, name))['airflowEnvironmentVariables']).toMatchObject(
      airflowEnvironmentVariables,
    );
    expect(await lostBy(name)).toEqual([]);
    expect((await armCalls(cloud.client, name)).writes).toBe(1);
  });

  // Left out without a word, and of no reference: nobody can know of it.
  it.each(MASKINGS.filter((masking) => masking !== 'omitted'))(
    'stops the write where no reference is named (%s)',
    async (masking) => {
      const name = `half-${masking.toLowerCase()}`;
      await cloud.client.setLifecycle({ masking }, name);
      const airflowEnvironmentVariables = { DB_PASSWORD: VALUES['db-password'] };
      const run = await enable(cloud, { name, airflowProperties: { airflowEnvironmentVariables } });

      expect(run).toMatchObject({ outcome: 'conflict', problem: { code: 'maskedValue' } });
      expect((await propertiesOf(cloud, name))['airflowEnvironmentVariables']).toEqual(
        airflowEnvironmentVariables,
      );
    },
  );
});

const PASSWORD = { userName: 'airflow', password: VALUES['airflow-web'] };
const NEEDED: readonly [label: string, code: string, airflowProperties: Record<string, unknown>][] = [
  ['of which Entra integration is null', 'passwordNeeded', { ...PASSWORD, enableAADIntegration: null }],
  ['of which Entra integration is a text', 'passwordNeeded', { ...PASSWORD, enableAADIntegration: 'false' }],
  // What is undefined is left out on the way.
  [
    'of which Entra integration is left out',
    'passwordNeeded',
    { ...PASSWORD, enableAADIntegration: undefined },
  ],
  [
    'of which Entra integration is on beside it',
    'passwordNeeded',
    { ...PASSWORD, enableAADIntegration: true },
  ],
  ['with git of no credential type', 'gitCredentialNeeded', { gitSyncProperties: GIT }],
  [
    'with git of the type null',
    'gitCredentialNeeded',
    { gitSyncProperties: { ...GIT, gitCredentialType: null } },
  ],
  [
    'with git and its personal access token',
    'gitCredentialNeeded',
    { gitSyncProperties: { ...GIT, gitCredentialType: 'PAT' } },
  ],
];

describe('a password or git credential that no read gives', () => {
  it.each(NEEDED)('stops the write of a runtime %s', async (label, code, airflowProperties) => {
    const name = `half-${label.replaceAll(' ', '-')}`.toLowerCase();
    const run = await enable(cloud, { name, properties: airflowRuntime(airflowProperties) });

    expect(run).toMatchObject({ outcome: 'conflict', problem: { code } });
    expect(await lostBy(name)).toEqual([]);
  });

  it.each(NEEDED)('is sent again to a runtime %s', async (label, _, airflowProperties) => {
    const name = `held-${label.replaceAll(' ', '-')}`.toLowerCase();
    const run = await enable(cloud, { name, properties: airflowRuntime(airflowProperties) });

    // What people log in with instead of Entra ID, the app's own login does not have.
    expect((await armCalls(cloud.client, name)).writes).toBe(1);
    expect(run.outcome).not.toBe('conflict');
    expect(await lostBy(name)).toEqual([]);
  });
});

it('a runtime without an ETag is not written, for that reason', async () => {
  const name = 'half-etag';
  const body = { id: runtimeId(name), name, properties: { ...airflowRuntime({}), state: 'Started' } };
  await cloud.client.addFault({
    match: { service: 'arm', operation: 'integrationRuntimes.get', subject: `/${name}` },
    action: { kind: 'status', status: 200, body },
    // The first look sees it being made.
    skip: 1,
  });
  const run = await enable(cloud, { name });

  expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'writeUnguarded' } });
  expect((await armCalls(cloud.client, name)).writes).toBe(0);
});
