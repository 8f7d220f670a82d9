import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT } from '../../../local/scenario/names.js';
import type { TestCloud } from './harness.js';
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
    await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'fails' } } });
    await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });
    expect(await markers(names)).toEqual(before);

    await cloud.client.setAirflow('one', { dags: { airlock_check: { behaviour: 'normal' } } });
    await cloud.client.advance(30 * 3600);
    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
    expect(await markers(names)).toEqual(before);

    const newer = await writeVersion();
    await cloud.client.run({ maxSeconds: 30 * 3600 });
    expect(await markers(names)).toEqual([newer, newer]);
    await expectNoViolation(cloud);
  });

  it('is warned of when its expiry is near and nothing came', async () => {
    cloud = await fleet(['one'], rotationConfig(EXTERNAL).replace('version: 1\n', TOPIC));
    const [key] = await cloud.client.passwords('airflow');
    const left = (Date.parse(key?.endDateTime ?? '') - Date.parse((await cloud.client.clock()).now)) / 1000;
    await cloud.client.advance(left - 5 * DAY);
    const run = await rotate(cloud, {});

    expect(run).toMatchObject({ outcome: 'expiring', problem: { code: 'credentialExpiring' } });
    const events = (await cloud.client.published()) as { eventType: string }[];
    const types = events.map(({ eventType }) => eventType);
    expect(types).toContain('Airlock.CredentialExpiring.v1');
    expect(await keys(cloud)).toEqual([key?.keyId]);
    await expectNoViolation(cloud);
  });
});

describe('who has a credential', () => {
  /** The scenario's profile for these names, and more profiles. */
  const profiles = (first: string, more = '') => {
    const text = rotationConfig().replace('name: "*"', `name: "${first}"`);
    return text.trimEnd() + more;
  };

  it('is found in every profile that names it', async () => {
    const scope =
      '{ subscription: 3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215, resourceGroup: rg-airlock, factory: adf-airlock, name: "b*" }';
    const second = `\n  - { name: second, runtimes: [${scope}], vault: "https://airlock-airflow.vault.azure.net", credential: airflow-sp }\n`;
    cloud = await fleet(['a1', 'b1'], profiles('a*', second));
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'rotated', result: { counts: { carriers: 2, moved: 2 } } });
    expect(await markers(['a1', 'b1'])).toEqual([run.result?.to, run.result?.to]);
    await expectNoViolation(cloud);
  });

  it('is minded outside of every profile: what a stranger has is not removed', async () => {
    cloud = await fleet(['a1'], profiles('a*'), NO_SWEEP);
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
