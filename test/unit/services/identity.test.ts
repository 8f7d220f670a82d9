import { beforeEach, expect, it } from 'vitest';
import { IDENTITY_PATH } from '../../../local/services/identity/identity.js';
import { AIRFLOW_APP, APP, at, type Cloud, call, createCloud, TENANT } from './cloud.js';

let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
});

function ask(query: Record<string, string>, header = cloud.identity.header) {
  const url = new URL(`http://127.0.0.1${IDENTITY_PATH}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return call(cloud.identity, 'GET', url.href, { headers: { 'x-identity-header': header } });
}

const VERSION = { 'api-version': '2019-08-01' };

it.each([
  'https://management.azure.com/',
  'https://vault.azure.net',
  'https://graph.microsoft.com',
  'https://eventgrid.azure.net',
  '5d13f7d7-0567-429c-9880-320e9555e5fc',
])('gives the app a token for %s', async (resource) => {
  const answer = await ask({ ...VERSION, resource });
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', resource, client_id: APP } });
  expect(at(answer, 'expires_on')).toMatch(/^\d+$/);
  expect(cloud.directory.verify(`Bearer ${at(answer, 'access_token')}`, resource)).toEqual({
    clientId: APP,
    tenantId: TENANT,
  });
});

it('refuses what the real endpoint refuses', async () => {
  const resource = 'https://vault.azure.net';
  expect((await ask({ ...VERSION, resource }, 'wrong')).status).toBe(401);
  expect((await ask({ resource })).status).toBe(400);
  expect((await ask(VERSION)).status).toBe(400);
  expect((await ask({ ...VERSION, resource: 'https://x.example' })).status).toBe(400);
  expect(at(await ask({ ...VERSION, resource, client_id: AIRFLOW_APP }), 'message')).toMatch(
    /^No Managed Identity/,
  );
});

it('serves a user-assigned identity by its client id', async () => {
  cloud.identity.assignUser(AIRFLOW_APP);
  const answer = await ask({ ...VERSION, resource: 'https://vault.azure.net', client_id: AIRFLOW_APP });
  expect(at(answer, 'client_id')).toBe(AIRFLOW_APP);
});

it('keeps its header in the snapshot', () => {
  const other = createCloud();
  other.identity.restore(JSON.parse(JSON.stringify(cloud.identity.snapshot())));
  expect(other.identity.header).toBe(cloud.identity.header);
});
