import { beforeEach, describe, expect, it } from 'vitest';
import { createGraph } from '../../../local/services/graph/graph.js';
import {
  AIRFLOW_APP,
  APP,
  at,
  bearer,
  type Cloud,
  call,
  createCloud,
  FACTORY_ID,
  GROUP_ID,
  RUNTIME_ID,
  SUBSCRIPTION,
  VAULT_HOST,
  VAULT_ID,
} from './cloud.js';

const ARM = 'https://management.azure.com';
const READ = 'Microsoft.DataFactory/factories/integrationRuntimes/read';
const GET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
});

const arm = (path: string, version: string, more = '') =>
  call(cloud.arm, 'GET', `${ARM}${path}?api-version=${version}${more}`, { headers: bearer(cloud, APP, ARM) });
const permissionsOn = (scope: string) =>
  arm(`${scope}/providers/Microsoft.Authorization/permissions`, '2022-04-01');
const give = (plane: 'control' | 'data', action: string, scope: string) =>
  cloud.roles.give({ principal: APP, plane, action, scope });

describe('one permission', () => {
  it('is given on a scope and what lies below, and taken away alone', () => {
    give('control', READ, FACTORY_ID);
    give('control', READ.replace('read', 'write'), FACTORY_ID);
    expect(cloud.roles.allows(APP, READ.toLowerCase(), RUNTIME_ID)).toBe(true);
    expect(cloud.roles.allowsData(APP, READ, RUNTIME_ID)).toBe(false);
    expect(cloud.roles.take({ principal: APP, plane: 'control', action: READ, scope: FACTORY_ID })).toBe(1);
    expect(cloud.roles.allows(APP, READ, RUNTIME_ID)).toBe(false);
    expect(cloud.roles.allows(APP, READ.replace('read', 'write'), RUNTIME_ID)).toBe(true);
  });

  it('is taken out of a built-in role, which keeps the rest', () => {
    cloud.roles.grant({ principal: APP, scope: VAULT_ID, role: 'Key Vault Secrets User' });
    expect(cloud.roles.take({ principal: APP, plane: 'data', action: GET, scope: VAULT_ID })).toBe(1);
    expect(cloud.roles.held(APP, VAULT_ID)).toEqual([
      { actions: [], dataActions: ['Microsoft.KeyVault/vaults/secrets/readMetadata/action'] },
    ]);
  });

  it('that follows from a pattern stays', () => {
    cloud.roles.grant({ principal: APP, scope: GROUP_ID, role: 'Data Factory Contributor' });
    expect(cloud.roles.take({ principal: APP, plane: 'control', action: READ, scope: GROUP_ID })).toBe(0);
    expect(cloud.roles.allows(APP, READ, RUNTIME_ID)).toBe(true);
  });
});

describe('refusals', () => {
  it('are those of Resource Manager: who, what and where', async () => {
    const objectId = cloud.directory.principal(APP)?.objectId;
    const answer = await arm(RUNTIME_ID, '2018-06-01');
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
    expect(at(answer, 'error', 'message')).toBe(
      `The client '${APP}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.DataFactory/factories/integrationruntimes/read' over scope '${RUNTIME_ID}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  });

  it('are those of a vault with roles, and of one with access policies', async () => {
    const read = () =>
      call(cloud.vault, 'GET', `https://${VAULT_HOST}/secrets/x?api-version=7.5`, {
        headers: bearer(cloud, APP, 'https://vault.azure.net'),
      });
    expect(await read()).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', innererror: { code: 'ForbiddenByRbac' } } },
    });
    give('data', GET, `${VAULT_ID}/secrets/x`);
    expect((await read()).status).toBe(404);
    cloud.vault.setAccessModel(VAULT_HOST, false);
    expect(await read()).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', innererror: { code: 'ForbiddenByPolicy' } } },
    });
    expect(cloud.vault.readAs(APP, VAULT_HOST, 'x')).toMatchObject({ reason: 'ForbiddenByPolicy' });
  });

  it('are those of Microsoft Graph, for reading and for changing', async () => {
    const graph = createGraph(cloud.kernel, { directory: cloud.directory });
    const send = (method: string, below = '') =>
      call(graph, method, `https://graph.microsoft.com/v1.0/applications(appId='${AIRFLOW_APP}')${below}`, {
        headers: bearer(cloud, APP, 'https://graph.microsoft.com'),
        body: {},
      });
    const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } };
    expect(await send('GET', '/owners')).toMatchObject(denied);
    cloud.directory.grantGraph(APP, 'Application.ReadWrite.OwnedBy');
    expect(await send('GET', '/owners')).toMatchObject({ status: 200, body: { value: [] } });
    expect(await send('POST', '/addPassword')).toMatchObject(denied);
    cloud.directory.addOwner(AIRFLOW_APP, APP);
    expect((await send('POST', '/addPassword')).status).toBe(200);
  });
});

describe('what a caller may look up', () => {
  it('its permissions on a resource, once it may read them', async () => {
    expect(await permissionsOn(FACTORY_ID)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
    give('control', 'Microsoft.Authorization/permissions/read', GROUP_ID);
    give('control', READ, FACTORY_ID);
    give('data', GET, `${VAULT_ID}/secrets/x`);
    const own = { actions: ['Microsoft.Authorization/permissions/read'], dataActions: [], notActions: [] };
    expect(await permissionsOn(VAULT_ID)).toMatchObject({ status: 200, body: { value: [own] } });
    expect(at(await permissionsOn(FACTORY_ID), 'value')).toMatchObject([own, { actions: [READ] }]);
    expect(at(await permissionsOn(`${VAULT_ID}/secrets/x`), 'value')).toMatchObject([
      own,
      { actions: [], dataActions: [GET] },
    ]);
  });

  it('its subscriptions, and those vaults that it may read', async () => {
    const vaults = () =>
      arm(
        `/subscriptions/${SUBSCRIPTION}/resources`,
        '2015-11-01',
        `&$filter=${encodeURIComponent("resourceType eq 'Microsoft.KeyVault/vaults'")}`,
      );
    expect(at(await arm('/subscriptions', '2022-12-01'), 'value')).toMatchObject([
      { subscriptionId: SUBSCRIPTION },
    ]);
    expect(at(await vaults(), 'value')).toEqual([]);
    expect((await arm(VAULT_ID, '2026-02-01')).status).toBe(403);
    give('control', 'Microsoft.KeyVault/vaults/read', VAULT_ID);
    expect(at(await vaults(), 'value')).toMatchObject([{ id: VAULT_ID, name: 'contoso-kv' }]);
    cloud.vault.setFirewall(VAULT_HOST, [APP], ['198.51.100.7']);
    expect(at(await arm(VAULT_ID, '2026-02-01'), 'properties')).toMatchObject({
      enableRbacAuthorization: true,
      vaultUri: `https://${VAULT_HOST}/`,
      networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.7' }] },
    });
    expect(await arm(`${VAULT_ID}-2`, '2026-02-01')).toMatchObject({ status: 403 });
    expect(await arm(VAULT_ID, '2018-06-01')).toMatchObject({ status: 400 });
  });
});

describe('a token for Microsoft Graph', () => {
  it('names the application permissions, and one for another service does not', () => {
    cloud.directory.grantGraph(APP, 'Application.ReadWrite.OwnedBy');
    const claims = (audience: string) =>
      JSON.parse(
        Buffer.from(cloud.directory.issue(APP, audience)?.token.split('.')[1] ?? '', 'base64url').toString(),
      );
    expect(claims('https://graph.microsoft.com').roles).toEqual(['Application.ReadWrite.OwnedBy']);
    expect(claims('https://management.azure.com')).not.toHaveProperty('roles');
  });
});
