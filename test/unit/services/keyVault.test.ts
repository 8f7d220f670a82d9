import { beforeEach, describe, expect, it } from 'vitest';
import {
  AIRFLOW_APP,
  type Answer,
  APP,
  at,
  BEGIN,
  bearer,
  type Cloud,
  call,
  createCloud,
  TENANT,
  VAULT_HOST,
  VAULT_ID,
} from './cloud.js';

const AUDIENCE = 'https://vault.azure.net';
const DAY = 24 * 3600;
let cloud: Cloud;
beforeEach(() => {
  cloud = createCloud();
  cloud.roles.grant({ principal: APP, scope: VAULT_ID, role: 'Key Vault Secrets Officer' });
});

function send(
  method: string,
  path: string,
  options: { caller?: string; body?: unknown; query?: string } = {},
): Promise<Answer> {
  const url = path.startsWith('https:')
    ? path
    : `https://${VAULT_HOST}${path}?api-version=7.5${options.query ?? ''}`;
  return call(cloud.vault, method, url, {
    headers: bearer(cloud, options.caller ?? APP, AUDIENCE),
    body: options.body,
  });
}

const set = (name: string, value: string, more: Record<string, unknown> = {}) =>
  send('PUT', `/secrets/${name}`, { body: { value, ...more } });

describe('secrets', () => {
  it('are set, read by name and by version, and keep their older versions', async () => {
    const first = await set('db', 'one', { contentType: 'text/plain', tags: { k: 'v' } });
    expect(first).toMatchObject({
      status: 200,
      body: {
        value: 'one',
        contentType: 'text/plain',
        tags: { k: 'v' },
        attributes: { enabled: true, created: BEGIN / 1000, recoveryLevel: 'Recoverable+Purgeable' },
      },
    });
    const version = String(at(first, 'id')).split('/').at(-1);
    await set('db', 'two');
    expect(at(await send('GET', '/secrets/db/'), 'value')).toBe('two');
    expect(at(await send('GET', `/secrets/DB/${version}`), 'value')).toBe('one');
    const versions = await send('GET', '/secrets/db/versions');
    expect(at(versions, 'value')).toHaveLength(2);
    expect(JSON.stringify(versions.body)).not.toContain('"value":"');
  });

  it('answer 403 while the newest version is disabled, whatever older ones hold', async () => {
    await set('db', 'one');
    const second = await set('db', 'two');
    const version = String(at(second, 'id')).split('/').at(-1);
    expect(
      await send('PATCH', `/secrets/db/${version}`, { body: { attributes: { enabled: false } } }),
    ).toMatchObject({ status: 200, body: { attributes: { enabled: false } } });
    expect(await send('GET', '/secrets/db')).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', innererror: { code: 'SecretDisabled' } } },
    });
    expect(cloud.vault.readAs(APP, VAULT_HOST, 'db')).toEqual({ kind: 'disabled' });
  });

  it('are read outside their validity: nbf and exp alone block nothing', async () => {
    const now = BEGIN / 1000;
    await set('db', 'one', { attributes: { nbf: now + DAY, exp: now - DAY } });
    expect((await send('GET', '/secrets/db')).status).toBe(200);
  });

  it('are listed in pages, without values', async () => {
    for (const name of ['a', 'b', 'c']) await set(name, 'hidden');
    const first = await send('GET', '/secrets', { query: '&maxresults=2' });
    const second = await send('GET', String(at(first, 'nextLink')));
    expect([at(first, 'value', 0, 'id'), at(second, 'value', 0, 'id')]).toEqual([
      `https://${VAULT_HOST}/secrets/a`,
      `https://${VAULT_HOST}/secrets/c`,
    ]);
    expect(at(second, 'nextLink')).toBeNull();
    expect(JSON.stringify([first.body, second.body])).not.toContain('hidden');
  });

  it('are deleted softly, recovered, and purged', async () => {
    await set('db', 'one');
    expect(await send('DELETE', '/secrets/db')).toMatchObject({
      status: 200,
      body: { recoveryId: `https://${VAULT_HOST}/deletedsecrets/db` },
    });
    expect((await send('GET', '/secrets/db')).status).toBe(404);
    expect(await set('db', 'two')).toMatchObject({
      status: 409,
      body: { error: { innererror: { code: 'ObjectIsDeletedButRecoverable' } } },
    });
    expect(at(await send('GET', '/deletedsecrets'), 'value')).toHaveLength(1);
    expect((await send('POST', '/deletedsecrets/db/recover')).status).toBe(200);
    expect(at(await send('GET', '/secrets/db'), 'value')).toBe('one');
    await send('DELETE', '/secrets/db');
    expect((await send('DELETE', '/deletedsecrets/db')).status).toBe(204);
    expect((await send('GET', '/deletedsecrets/db')).status).toBe(404);
    expect((await set('db', 'three')).status).toBe(200);
  });

  it.each([
    ['an unknown secret', 'GET', '/secrets/none', undefined, 404, 'SecretNotFound'],
    [
      'an unknown version',
      'GET',
      '/secrets/db/00000000000000000000000000000000',
      undefined,
      404,
      'SecretNotFound',
    ],
    ['a bad name', 'GET', '/secrets/a_b', undefined, 400, 'BadParameter'],
    ['no value', 'PUT', '/secrets/db', {}, 400, 'BadParameter'],
    ['too long a value', 'PUT', '/secrets/db', { value: 'x'.repeat(25_601) }, 400, 'BadParameter'],
    ['an unknown path', 'GET', '/keys/k', undefined, 404, 'NotFound'],
  ])('refuse %s', async (_what, method, path, body, status, code) => {
    await set('db', 'one');
    expect(await send(method, path, { body })).toMatchObject({ status, body: { error: { code } } });
  });

  it.each(['7.4', '7.5', '2025-07-01', '2026-04-01'])('take the API version %s', async (version) => {
    await set('db', 'one');
    const answer = await send('GET', `https://${VAULT_HOST}/secrets/db?api-version=${version}`);
    expect(answer.status).toBe(200);
  });

  it('refuse an unknown API version', async () => {
    const url = `https://${VAULT_HOST}/secrets/db?api-version=9.9`;
    expect(await send('GET', url)).toMatchObject({ status: 400, body: { error: { code: 'BadParameter' } } });
  });
});

describe('who may read', () => {
  it('is told where to get a token', async () => {
    const answer = await call(cloud.vault, 'GET', `https://${VAULT_HOST}/secrets/db/?api-version=7.4`);
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'Unauthorized' } } });
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`,
    );
  });

  it.each([
    ['Key Vault Secrets User', 200, 200, 403],
    ['Key Vault Reader', 403, 200, 403],
    ['Key Vault Secrets Officer', 200, 200, 200],
    ['Key Vault Contributor', 403, 403, 403],
  ])('has as %s what the role gives', async (role, read, list, write) => {
    await set('db', 'one');
    cloud.roles.grant({ principal: AIRFLOW_APP, scope: VAULT_ID, role });
    const caller = AIRFLOW_APP;
    const statuses = [
      await send('GET', '/secrets/db', { caller }),
      await send('GET', '/secrets', { caller }),
      await send('PUT', '/secrets/db', { caller, body: { value: 'two' } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([read, list, write]);
  });

  it('may hold a role on one secret alone, and is refused with the reason otherwise', async () => {
    await set('mine', 'one');
    await set('other', 'two');
    cloud.roles.grant({
      principal: AIRFLOW_APP,
      scope: `${VAULT_ID}/secrets/mine`,
      role: 'Key Vault Secrets User',
    });
    expect((await send('GET', '/secrets/mine', { caller: AIRFLOW_APP })).status).toBe(200);
    expect(await send('GET', '/secrets/other', { caller: AIRFLOW_APP })).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', innererror: { code: 'ForbiddenByRbac' } } },
    });
    expect(cloud.vault.readAs(AIRFLOW_APP, VAULT_HOST, 'other')).toMatchObject({ reason: 'ForbiddenByRbac' });
    expect(cloud.vault.readAs(AIRFLOW_APP, VAULT_HOST, 'mine')).toMatchObject({
      kind: 'found',
      value: 'one',
    });
  });

  it('can be kept out by the firewall', async () => {
    cloud.vault.setSecret(VAULT_HOST, 'db', { value: 'one' });
    cloud.vault.setFirewall(VAULT_HOST, [APP]);
    expect(await send('GET', '/secrets/db')).toMatchObject({
      status: 403,
      body: { error: { innererror: { code: 'ForbiddenByFirewall' } } },
    });
  });

  it('finds no vault that does not exist', () => {
    expect(cloud.vault.knows(VAULT_HOST.toUpperCase())).toBe(true);
    expect(cloud.vault.knows('other.vault.azure.net')).toBe(false);
    expect(cloud.vault.readAs(APP, 'other.vault.azure.net', 'x')).toEqual({ kind: 'unreachable' });
  });
});

describe('events', () => {
  const types = () => cloud.eventGrid.pending().map(({ event }) => event.eventType.split('.').at(-1));
  beforeEach(() => {
    cloud.eventGrid.subscribe({
      name: 'vault',
      topic: VAULT_ID,
      eventTypes: [],
      functionName: 'onSecret',
      schema: 'EventGridSchema',
    });
  });

  it('tell of new versions, of a near expiry and of the expiry, without moving time towards them', async () => {
    const exp = BEGIN / 1000 + 40 * DAY;
    await set('db', 'one', { attributes: { exp } });
    expect(types()).toEqual(['SecretNewVersionCreated']);
    const { now } = await cloud.clock.run();
    expect(now).toBe(BEGIN);
    await cloud.clock.advance(10 * DAY * 1000);
    expect(types()).toEqual(['SecretNewVersionCreated', 'SecretNearExpiry']);
    await cloud.clock.advance(30 * DAY * 1000);
    expect(types()).toEqual(['SecretNewVersionCreated', 'SecretNearExpiry', 'SecretExpired']);
  });

  it('are none for a version that is no longer current, and come after a restart', async () => {
    await set('db', 'one', { attributes: { exp: BEGIN / 1000 + 40 * DAY } });
    await set('db', 'two', { attributes: { exp: BEGIN / 1000 + 50 * DAY } });
    const saved = JSON.parse(JSON.stringify([cloud.vault.snapshot(), cloud.eventGrid.snapshot()]));
    cloud = createCloud();
    cloud.vault.restore(saved[0]);
    cloud.eventGrid.restore(saved[1]);
    await cloud.clock.advance(19 * DAY * 1000);
    expect(types()).toHaveLength(2);
    await cloud.clock.advance(DAY * 1000);
    expect(types().slice(2)).toEqual(['SecretNearExpiry']);
  });
});

it('never writes a value into the ledger', async () => {
  await set('db', 'very-secret');
  expect(JSON.stringify(cloud.ledger.entries())).not.toContain('very-secret');
});
