import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enable, request, requestRun, runtimeId, startCloud, type TestCloud, writeEvent } from './harness.js';

const PASSWORD = 'web-server-password-7f3a';
const USERS_VALUE = 'a-users-own-value-91c4';

describe('everything that the app writes', () => {
  let cloud: TestCloud;
  let state: string;

  beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), 'airlock-leaks-'));
    cloud = await startCloud({ state, keepHistories: true });
  });
  afterAll(async () => {
    await cloud.handle.stop();
    rmSync(state, { recursive: true, force: true });
  });

  async function secretValue(vault: string, name: string): Promise<string> {
    const token = await cloud.client.token('app', 'https://vault.azure.net');
    const path = `/secrets/${name}?api-version=7.5`;
    const answer = await cloud.client.azure(`${vault}.vault.azure.net`, path, {}, token);
    return (answer.json() as { value: string }).value;
  }

  /** Logs, HTTP answers, histories, published events and state files, by where they are from. */
  async function everything(): Promise<Map<string, string>> {
    const { client } = cloud;
    const written = new Map<string, string>();
    written.set('log', JSON.stringify(await client.logs()));
    written.set('stderr', cloud.log.join('\n'));
    written.set('published', JSON.stringify(await client.published()));
    const list = await (await client.functions('/api/runs?top=200')).text();
    written.set('GET /api/runs', list);
    for (const { id } of (JSON.parse(list) as { runs: { id: string }[] }).runs) {
      written.set(`GET /api/runs/${id}`, await (await client.functions(`/api/runs/${id}`)).text());
    }
    const { instances } = (await client.stats()) as { instances: { instanceId: string }[] };
    for (const { instanceId } of instances) {
      written.set(`history of ${instanceId}`, JSON.stringify(await client.history(instanceId)));
    }
    await client.functions('/api/openapi.json');
    for (const file of readdirSync(state, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      // `cloud/` stands for Azure: the vaults' contents lie there.
      if (!file.isFile() || relative(state, path).startsWith('cloud')) continue;
      written.set(`file ${relative(state, path)}`, readFileSync(path, 'utf8'));
    }
    return written;
  }

  function found(written: Map<string, string>, value: string): string[] {
    const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64')];
    return [...written]
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([where]) => where);
  }

  it('holds no value of a secret', async () => {
    await enable(cloud, {
      name: 'one',
      airflowProperties: { airflowEnvironmentVariables: { DB_PASSWORD: USERS_VALUE } },
    });
    await enable(cloud, { name: 'two' }, { dags: { airlock_check: { behaviour: 'fails' } } });
    await enable(cloud, {
      name: 'three',
      airflowProperties: { enableAADIntegration: false, userName: 'admin', password: PASSWORD },
    });
    await requestRun(cloud.client, { action: 'check', runtime: runtimeId('one') });
    await requestRun(cloud.client, { action: 'enable', dryRun: true, profile: 'default' });
    await request(cloud.client, { action: 'enable', runtime: PASSWORD, wrong: USERS_VALUE });

    const written = await everything();

    const values = {
      'client secret': await secretValue('airlock-ops', 'airflow-sp'),
      canary: await secretValue('airlock-airflow', 'airflow-variables-airlock-canary'),
      password: PASSWORD,
      "user's value": USERS_VALUE,
    };
    expect(await cloud.client.ledger({ operation: 'secret.leaked' })).toEqual([]);
    expect(written.size).toBeGreaterThan(20);
    expect([...written.keys()].some((where) => where.startsWith('file host'))).toBe(true);
    for (const [what, value] of Object.entries(values)) {
      expect(value.length, what).toBeGreaterThan(10);
      expect(found(written, value), what).toEqual([]);
    }
  });

  it('is really looked through: a value that is let in is found in log-independent places', async () => {
    const value = await secretValue('airlock-ops', 'airflow-sp');

    // An event's id goes into the audit trail: a way in that lies open on purpose.
    await cloud.client.deliver(writeEvent('one', value), 'runtimeEvents');
    await cloud.client.run({ maxSeconds: 3600 });

    const places = found(await everything(), value);
    expect(places.some((where) => where.startsWith('history of'))).toBe(true);
    expect(places.some((where) => where.startsWith('GET /api/runs/'))).toBe(true);
    expect(places.some((where) => where.startsWith('file host'))).toBe(true);
    const seen = await cloud.client.ledger({ operation: 'secret.leaked' });
    expect(seen.some(({ subject }) => subject?.startsWith('instance '))).toBe(true);
    expect(seen.some(({ subject }) => subject?.startsWith('answer of /api/runs/'))).toBe(true);
  });
});
