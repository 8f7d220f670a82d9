import { beforeEach, describe, expect, it } from 'vitest';
import { DATA_FACTORY_APP_ID } from '../../../local/services/entra/audiences.js';
import { AIRFLOW_APP, at, BEGIN, type Cloud, call, createCloud, TENANT } from './cloud.js';

const VAULT_SCOPE = 'https://vault.azure.net/.default';
let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
});

function ask(form: Record<string, string>, tenant = TENANT) {
  const body = new URLSearchParams({
    client_id: AIRFLOW_APP,
    client_secret: 'right',
    grant_type: 'client_credentials',
    scope: VAULT_SCOPE,
    client_info: '1',
    ...form,
  });
  return call(cloud.entra, 'POST', `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, {
    body: body.toString(),
  });
}

describe('the token endpoint', () => {
  it('gives a token of the asked audience for a client secret', async () => {
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    const answer = await ask({});
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
    const header = `Bearer ${at(answer, 'access_token')}`;
    expect(cloud.directory.verify(header, 'https://vault.azure.net/')).toEqual({
      clientId: AIRFLOW_APP,
      tenantId: TENANT,
    });
    expect(cloud.directory.verify(header, 'https://management.azure.com')).toBeUndefined();
  });

  it.each([
    ['Go', `${VAULT_SCOPE} openid offline_access profile`],
    ['Java', `openid profile offline_access ${VAULT_SCOPE}`],
  ])('gives one for the scopes that the SDK for %s sends', async (_language, scope) => {
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    const header = `Bearer ${at(await ask({ scope }), 'access_token')}`;

    expect(cloud.directory.verify(header, 'https://vault.azure.net/')).toMatchObject({
      clientId: AIRFLOW_APP,
    });
  });

  it('refuses a token that was changed or that ran out', async () => {
    const { token } = cloud.directory.issue(AIRFLOW_APP, 'https://vault.azure.net') ?? { token: '' };
    const [header, , signature] = token.split('.');
    const other = Buffer.from(JSON.stringify({ aud: 'https://vault.azure.net', appid: 'x' })).toString(
      'base64url',
    );
    expect(
      cloud.directory.inspect(`Bearer ${header}.${other}.${signature}`, ['https://vault.azure.net']),
    ).toBeUndefined();
    const old = cloud.directory.issue(AIRFLOW_APP, 'https://vault.azure.net', -1)?.token;
    expect(cloud.directory.inspect(`Bearer ${old}`, ['https://vault.azure.net'])).toBeUndefined();
    expect(cloud.directory.inspect(`Bearer ${token}`, ['https://vault.azure.net'])).toMatchObject({
      clientId: AIRFLOW_APP,
    });
  });

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, TENANT, 401, 'invalid_client', 7000215],
    ['an unknown application', { client_id: TENANT }, TENANT, 400, 'unauthorized_client', 700016],
    ['an unknown tenant', {}, AIRFLOW_APP, 400, 'invalid_request', 90002],
    [
      'a scope without /.default',
      { scope: 'https://vault.azure.net' },
      TENANT,
      400,
      'invalid_scope',
      1002012,
    ],
    [
      'two resources',
      { scope: `${VAULT_SCOPE} https://graph.microsoft.com/.default` },
      TENANT,
      400,
      'invalid_scope',
      1002012,
    ],
    ['no resource', { scope: 'openid profile' }, TENANT, 400, 'invalid_scope', 1002012],
    ['an unknown resource', { scope: 'https://x.example/.default' }, TENANT, 400, 'invalid_resource', 500011],
    ['another grant', { grant_type: 'password' }, TENANT, 400, 'unsupported_grant_type', 70003],
  ])('refuses %s as Entra does', async (_what, form, tenant, status, error, code) => {
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    const answer = await ask(form, tenant);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
    expect(at(answer, 'error_description')).toMatch(
      new RegExp(`^AADSTS${code}: .* Trace ID: \\S+ Correlation ID: \\S+ Timestamp: \\S+ \\S+Z$`),
    );
  });

  it("lets a secret expire on the local cloud's clock", async () => {
    const endDateTime = new Date(BEGIN + 60_000).toISOString();
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right', endDateTime });
    expect((await ask({})).status).toBe(200);
    await cloud.clock.advance(60_000);
    expect(await ask({})).toMatchObject({ status: 401, body: { error_codes: [7000222] } });
  });

  it('sees a new secret, and the removal of one, only after the propagation time', async () => {
    cloud.directory.setPropagation({ seconds: 30, flapping: false });
    const added = cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    expect(at(await ask({}), 'error_codes')).toEqual([7000215]);
    await cloud.clock.advance(30_000);
    expect((await ask({})).status).toBe(200);
    expect(cloud.directory.removePassword(AIRFLOW_APP, added?.keyId ?? '')).toBe(true);
    expect((await ask({})).status).toBe(200);
    await cloud.clock.advance(30_000);
    expect(at(await ask({}), 'error_codes')).toEqual([7000215]);
  });

  it('accepts and refuses by turns while a change spreads unevenly', async () => {
    cloud.directory.setPropagation({ seconds: 30, flapping: true });
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    const statuses = [await ask({}), await ask({}), await ask({}), await ask({})].map(({ status }) => status);
    expect(statuses).toEqual([401, 200, 401, 200]);
  });

  it('issues for the Data Factory application', async () => {
    cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
    const answer = await ask({ scope: `${DATA_FACTORY_APP_ID}/.default` });
    expect(cloud.directory.verify(`Bearer ${at(answer, 'access_token')}`, DATA_FACTORY_APP_ID)).toBeDefined();
  });
});

describe('discovery', () => {
  it('names the endpoints of a tenant it knows', async () => {
    const url = `https://login.microsoftonline.com/${TENANT}/v2.0/.well-known/openid-configuration`;
    const answer = await call(cloud.entra, 'GET', url);
    expect(at(answer, 'token_endpoint')).toBe(
      `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
    );
    const unknown = await call(cloud.entra, 'GET', url.replace(TENANT, AIRFLOW_APP));
    expect(unknown).toMatchObject({ status: 400, body: { error_codes: [90002] } });
  });

  it('tells the aliases of the clouds', async () => {
    const endpoint = encodeURIComponent(`https://login.microsoftonline.us/${TENANT}/oauth2/v2.0/authorize`);
    const answer = await call(
      cloud.entra,
      'GET',
      `https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`,
    );
    expect(at(answer, 'tenant_discovery_endpoint')).toContain(TENANT);
    expect(at(answer, 'metadata')).toHaveLength(3);
  });
});

it('comes back from its snapshot', async () => {
  cloud.directory.addPassword(AIRFLOW_APP, { value: 'right' });
  const other = createCloud();
  other.entra.restore(JSON.parse(JSON.stringify(cloud.entra.snapshot())));
  const { token } = cloud.directory.issue(AIRFLOW_APP, 'https://vault.azure.net') ?? { token: '' };
  expect(other.directory.inspect(`Bearer ${token}`, ['https://vault.azure.net'])).toBeDefined();
  expect(other.directory.acceptsClientSecret(TENANT, AIRFLOW_APP, 'right')).toEqual({ accepted: true });
});
