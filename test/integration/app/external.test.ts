import { afterEach, describe, expect, it } from 'vitest';
import { readRun } from '../../../local/demo/follow.js';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/sample/names.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { armCalls, requestRun, runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  keys,
  markerOf,
  NO_SWEEP,
  rotate,
  rotationConfig,
} from './rotationHarness.js';

const DAY = 86_400;
const EXTERNAL = ['strategy: external'];
const SWEEPS = { AIRLOCK_SWEEP_SCHEDULE: '0 15 */6 * * *' };
const TOPIC =
  'version: 1\nevents: { topic: "https://airlock-events.westeurope-1.eventgrid.azure.net/api/events" }\n';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** Somebody makes a credential and writes it into the secret; Event Grid tells of it. Gives the version. */
async function writeVersion(validDays = 90): Promise<string> {
  const { client } = cloud;
  const now = Date.parse((await client.clock()).now);
  const end = now + validDays * DAY * 1000;
  const { value } = await client.addPassword('airflow', { endDateTime: new Date(end).toISOString() });
  const { version } = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
    value,
    exp: Math.floor(end / 1000),
  });
  return version;
}

/** How the check DAG of these runtimes behaves from now on. */
async function behave(names: readonly string[], behaviour: 'fails' | 'normal'): Promise<void> {
  for (const name of names) await cloud.client.setAirflow(name, { dags: { airlock_check: { behaviour } } });
}

async function sweptCredentials(): Promise<SweepResult['credentials']> {
  const run = (await requestRun(cloud.client, { action: 'sweep', dryRun: true })) as unknown as {
    readonly result: Pick<SweepResult, 'credentials'>;
  };
  return run.result.credentials;
}

async function markers(names: readonly string[]): Promise<(string | undefined)[]> {
  return Promise.all(names.map((name) => markerOf(cloud, name)));
}

describe('a credential that somebody else renews', () => {
  it('reaches every runtime when its new version is written, and no key is removed', async () => {
    const names = ['one', 'two', 'three'];
    cloud = await fleet(names, rotationConfig(EXTERNAL));
    const before = await keys(cloud);
    const version = await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });

    expect(await markers(names)).toEqual(names.map(() => version));
    expect(await keys(cloud)).toEqual([...before, expect.any(String)]);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
    await expectNoViolation(cloud);
  });

  it('stays away from runtimes that failed with it, until a newer version comes', async () => {
    const names = ['one', 'two'];
    cloud = await fleet(names, rotationConfig(EXTERNAL));
    const before = await markers(names);
    await behave(names, 'fails');
    await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });
    expect(await markers(names)).toEqual(before);

    await behave(names, 'normal');
    const newer = await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });
    expect(await markers(names)).toEqual([newer, newer]);
    await expectNoViolation(cloud);
  });

  it('has no debt for a move that somebody else has done', async () => {
    const names = ['etl-a', 'etl-d', 'etl-e'];
    cloud = await fleet(names, rotationConfig([...EXTERNAL, 'failureLimitPercent: 50']), NO_SWEEP);
    await behave(['etl-e'], 'fails');
    const version = await writeVersion();
    await cloud.client.run({ maxSeconds: 3 * 3600 });
    const debts = async () => (await sweptCredentials())[0]?.debts ?? [];
    expect(await debts()).toMatchObject([{ kind: 'moveRuntime', what: runtimeId('etl-e') }]);

    await behave(['etl-e'], 'normal');
    await requestRun(cloud.client, { action: 'enable', runtime: runtimeId('etl-e') });
    expect(await markerOf(cloud, 'etl-e')).toBe(version);
    await requestRun(cloud.client, { action: 'sweep' });
    await cloud.client.run({ maxSeconds: 3600 });

    expect(await debts()).toEqual([]);
    await expectNoViolation(cloud);
  });

  it.each([3, 8, 12])(
    'owes no key where the host ended its rotation, which makes none (%s)',
    async (skip) => {
      cloud = await fleet(['etl-a', 'etl-b', 'etl-c'], rotationConfig(EXTERNAL), NO_SWEEP);
      await cloud.client.addFault({
        match: { service: 'host', operation: 'before-orchestrator', subject: ' rotateCredential ' },
        action: { kind: 'terminate' },
        times: 1,
        skip,
      });
      const before = await keys(cloud);
      const version = await writeVersion();
      await cloud.client.run({ maxSeconds: 3 * 3600 });
      const sweep = await requestRun(cloud.client, { action: 'sweep' });
      await cloud.client.run({ maxSeconds: 3 * 3600 });

      expect(sweep).toMatchObject({ result: { unmoved: [{ problem: { code: 'hostEnded' } }] } });
      expect((await sweptCredentials())[0]?.debts ?? []).toEqual([]);
      expect(await markers(['etl-a', 'etl-b', 'etl-c'])).toEqual([version, version, version]);
      expect(await keys(cloud)).toEqual(expect.arrayContaining(before));
      await expectNoViolation(cloud);
    },
  );

  it('leaves no debt for a key where its rotation cannot look at the vault any more as it ends', async () => {
    const names = ['etl-a', 'etl-b', 'etl-c'];
    cloud = await fleet(names, rotationConfig(EXTERNAL), NO_SWEEP);
    const version = await writeVersion();
    while ((await markers(names)).some((marker) => marker !== version)) {
      await cloud.client.run({ maxSeconds: 10 });
    }
    await cloud.client.addFault({
      match: { service: 'vault', operation: 'secrets.listVersions' },
      action: { kind: 'drop' },
    });
    await cloud.client.run({ maxSeconds: 3 * 3600 });
    await cloud.client.clearFaults();
    await cloud.client.run({ maxSeconds: 3 * 3600 });

    expect((await sweptCredentials())[0]?.debts ?? []).toEqual([]);
    await expectNoViolation(cloud);
  });

  it('is tried again by sweeps after it had to go back, and no result says meanwhile that runtimes have it', async () => {
    const names = ['one', 'two'];
    cloud = await fleet(names, rotationConfig(EXTERNAL), SWEEPS);
    const before = await markers(names);
    await behave(names, 'fails');
    const version = await writeVersion();
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    expect(await markers(names)).toEqual(before);
    const planned = await rotate(cloud, { dryRun: true });
    expect(planned.outcome).toBe('planned');
    const [swept] = await sweptCredentials();
    expect(swept).toMatchObject({ outcome: 'tooSoon', summary: expect.stringContaining(before[0] ?? '') });
    expect(swept?.summary).toContain(version);
    expect(swept?.summary).toContain('noPilot');

    await behave(names, 'normal');
    await cloud.client.advance(13 * 3600);
    await cloud.client.run({ maxSeconds: 4 * 3600 });
    expect(await markers(names)).toEqual([version, version]);
    await expectNoViolation(cloud);
  });

  it('is tried again at once where the value of the same key is corrected', async () => {
    const names = ['one', 'two'];
    cloud = await fleet(names, rotationConfig(EXTERNAL));
    const { keyId, value } = await cloud.client.addPassword('airflow', {});
    const exp = Math.floor(Date.parse((await cloud.client.clock()).now) / 1000) + 90 * DAY;
    const write = (text: string) =>
      cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value: text, tags: { keyId }, exp });
    await write(`${value.slice(0, 3)}-and-something-wrong`);
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    expect(await markers(names)).not.toContain(keyId);

    await write(value);
    await cloud.client.run({ maxSeconds: 2 * 3600 });
    expect(await markers(names)).toEqual([keyId, keyId]);
    await expectNoViolation(cloud);
  });

  it('goes back to what the runtimes have, not to a wrong version before it, and with a pilot', async () => {
    const names = ['one', 'two'];
    cloud = await fleet(names, rotationConfig(EXTERNAL));
    const exp = Math.floor(Date.parse((await cloud.client.clock()).now) / 1000) + 90 * DAY;
    await cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
      value: 'a-wrong-value-of-nobody',
      exp,
    });
    await cloud.client.run({ maxSeconds: 4 * 3600 });
    const version = await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });

    expect(await markers(names)).toEqual([version, version]);
    const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=50');
    const { runs } = (await answer.json()) as { runs: { id: string; outcome?: string }[] };
    const moved = runs.find(({ outcome }) => outcome === 'rotated');
    const { trail } = await readRun(cloud.client, moved?.id ?? '');
    expect(trail.map(({ step }) => step)).toContain('move the pilot one');
    await expectNoViolation(cloud);
  });

  it('restarts no runtime where the same value is written once more, without its tag', async () => {
    cloud = await fleet(['one'], rotationConfig(EXTERNAL), SWEEPS);
    const [had] = await markers(['one']);
    const { client } = cloud;
    const { value } = await client.addPassword('airflow', {});
    const exp = Math.floor(Date.parse((await client.clock()).now) / 1000) + 90 * DAY;
    const first = await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp });
    await client.run({ maxSeconds: 3 * 3600 });
    expect(await markers(['one'])).toEqual([first.version]);
    const { writes } = await armCalls(client, 'one');

    await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, exp });
    await client.run({ maxSeconds: 24 * 3600 });
    expect(await armCalls(client, 'one')).toMatchObject({ writes });
    expect(await markers(['one'])).toEqual([first.version]);
    expect(had).not.toBe(first.version);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
  });

  it('without an expiry is no matter of course: every run says so, with an event', async () => {
    cloud = await fleet(['one'], rotationConfig(EXTERNAL).replace('version: 1\n', TOPIC));
    const { client } = cloud;
    const { value } = await client.addPassword('airflow', {});
    await client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value });
    await client.run({ maxSeconds: 2 * 3600 });
    const run = await rotate(cloud, {});

    expect(run).toMatchObject({ outcome: 'expiring', problem: { code: 'expiryUnknown' } });
    expect(run.problem?.remedy).toContain(
      'az keyvault secret set-attributes --vault-name airlock-ops --name airflow-sp',
    );
    const events = (await client.published()) as {
      eventType: string;
      data: { problem?: { code: string } };
    }[];
    expect(events).toContainEqual(
      expect.objectContaining({
        eventType: 'Airlock.CredentialExpiring.v1',
        data: expect.objectContaining({ problem: expect.objectContaining({ code: 'expiryUnknown' }) }),
      }),
    );
    await expectNoViolation(cloud);
  });

  it('without an expiry is named by each sweep, until it has one', async () => {
    cloud = await fleet(['one'], rotationConfig(EXTERNAL), NO_SWEEP);
    const { client } = cloud;
    const { value } = await client.addPassword('airflow', {});
    const write = (exp?: number) =>
      client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, { value, ...(exp === undefined ? {} : { exp }) });
    await write();
    await client.run({ maxSeconds: 2 * 3600 });
    const swept = async () => {
      const run = (await requestRun(client, { action: 'sweep' })) as unknown as {
        readonly result: Pick<SweepResult, 'credentials'>;
      };
      return run.result.credentials;
    };
    const unknown = [
      {
        credential: 'airflow-sp',
        outcome: 'expiring',
        summary: expect.stringContaining('Nobody can tell when the credential ends'),
        problem: { code: 'expiryUnknown', remedy: expect.stringContaining('--name airflow-sp') },
      },
    ];

    expect(await swept()).toMatchObject(unknown);
    await client.advance(7 * DAY);
    expect(await swept()).toMatchObject(unknown);
    await write(Math.floor(Date.parse((await client.clock()).now) / 1000) + 90 * DAY);
    await client.run({ maxSeconds: 2 * 3600 });
    const [known] = await swept();
    expect(known).toMatchObject({ credential: 'airflow-sp', outcome: 'upToDate' });
    expect(known).not.toHaveProperty('problem');
    await expectNoViolation(cloud);
  });

  it('is warned of when its expiry is near and nothing came', async () => {
    cloud = await fleet(['one'], rotationConfig(EXTERNAL).replace('version: 1\n', TOPIC));
    const [key] = await cloud.client.passwords('airflow');
    const left = (Date.parse(key?.endDateTime ?? '') - Date.parse((await cloud.client.clock()).now)) / 1000;
    await cloud.client.advance(left - 5 * DAY);
    const run = await rotate(cloud, {});

    expect(run).toMatchObject({ outcome: 'expiring', problem: { code: 'credentialExpiring' } });
    const told = async () =>
      ((await cloud.client.published()) as { eventType: string }[]).filter(
        ({ eventType }) => eventType === 'Airlock.CredentialExpiring.v1',
      ).length;
    // The vault's own event had it looked at weeks ago.
    expect(await told()).toBe(2);
    expect(await keys(cloud)).toEqual([key?.keyId]);

    // Who looks again on the same day finds the same, and nobody is told twice.
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'expiring' });
    expect(await told()).toBe(2);
    await cloud.client.advance(DAY);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'expiring' });
    expect(await told()).toBe(3);
    await expectNoViolation(cloud);
  });
});

describe('who has a credential', () => {
  /** The sample environment's profile for these names, and more profiles. */
  const profiles = (first: string, more = '') => {
    const text = rotationConfig().replace('name: "*"', `name: "${first}"`);
    return text.trimEnd() + more;
  };

  it('is found in every profile that names it', async () => {
    const scope =
      '{ subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg-airlock, factory: adf-airlock, name: "b*" }';
    const second = `\n  - { name: second, runtimes: [${scope}], vault: "https://airlock-airflow.vault.azure.net", credential: airflow-sp }\n`;
    cloud = await fleet(['a-etl', 'b-etl'], profiles('a*', second));
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotated', result: { counts: { carriers: 2, moved: 2 } } });
    expect(await markers(['a-etl', 'b-etl'])).toEqual([run.result?.to, run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('is minded outside of every profile: what a stranger has is not removed', async () => {
    cloud = await fleet(['a-etl'], profiles('a*'), NO_SWEEP);
    const { client } = cloud;
    const [old = ''] = await keys(cloud);
    const [owned] = await client.runtimes();
    const token = await client.token();
    const read = await client.azure('management.azure.com', `${owned?.id}?api-version=2018-06-01`, {}, token);
    const { properties } = JSON.parse(read.text) as { properties: object };
    await client.createRuntime({ name: 'stranger', properties });
    await client.run({ maxSeconds: 3600 });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotatedPartly', problem: { code: 'rotationIncomplete' } });
    expect(run.result?.debts).toMatchObject([{ kind: 'removeKey', what: old }]);
    expect(run.result?.debts?.[0]?.reason).toContain('stranger');
    expect(await keys(cloud)).toContain(old);
    await expectNoViolation(cloud);

    await client.deleteRuntime('stranger');
    await client.advance(30 * 3600);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).toEqual([run.result?.to]);
    await expectNoViolation(cloud);
  });
});
