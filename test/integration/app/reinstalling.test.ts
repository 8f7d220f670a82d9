/** The app comes back after docs/operations.md, "Uninstall": its storage is gone, the vaults are as somebody left them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AIRFLOW_VAULT, CREDENTIAL_SECRET, OPERATOR_VAULT, vaultHost } from '../../../local/sample/names.js';
import type { SweepResult } from '../../../src/domain/sweep/sweep.js';
import { emptyHub } from '../../emptyHub.js';
import { enable, requestRun, startCloud, type TestCloud } from './harness.js';
import { expectNoViolation, keys, markerOf, NO_SWEEP, rotate, rotationConfig } from './rotationHarness.js';

const HOUR = 3600;

type OwnSecret = readonly [vault: string, name: string];

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'airlock-hub-'));
  folders.push(path);
  return path;
};

let cloud: TestCloud;
/** What a first installation has left, without its storage: each test begins with a copy. */
let left: string;
let ownSecretsThen: readonly OwnSecret[];
beforeAll(async () => {
  left = folder();
  cloud = await start(left);
  await enable(cloud, { name: 'one' });
  expect(await rotate(cloud)).toMatchObject({ outcome: 'rotated' });
  ownSecretsThen = await ownSecrets();
  expect(ownSecretsThen).toHaveLength(2);
  await cloud.client.setGraph({ principal: 'app', owns: 'airflow', grant: false });
  await cloud.handle.stop();
  emptyHub(left);
});
beforeEach(async () => {
  const state = folder();
  cpSync(left, state, { recursive: true });
  cloud = await start(state);
});
afterEach(async () => {
  await cloud.handle.stop();
});
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const start = (state: string) => startCloud({ state, configText: rotationConfig(), settings: NO_SWEEP });

/** Secrets that the app has made in the vaults, by vault. */
async function ownSecrets(): Promise<readonly OwnSecret[]> {
  const added = await cloud.client.ledger({ service: 'vault', operation: 'version.added' });
  const names = added
    .map(({ subject = '' }) => new URL(subject))
    .map(({ hostname, pathname }) => [hostname, pathname.split('/')[2] ?? ''] as const)
    .filter(([, name]) => name !== CREDENTIAL_SECRET)
    .map(
      ([host, name]) => [host === vaultHost(OPERATOR_VAULT) ? OPERATOR_VAULT : AIRFLOW_VAULT, name] as const,
    );
  return [...new Map(names.map((one) => [one.join('/'), one])).values()];
}

async function sweep(): Promise<SweepResult> {
  const run = await requestRun(cloud.client, { action: 'sweep' });
  return (run as unknown as { readonly result: SweepResult }).result;
}

async function purge(vault: string, name: string): Promise<void> {
  await cloud.client.deleteSecret(vault, name);
  await cloud.client.setRole({
    principal: 'portalUser',
    vault,
    role: 'Key Vault Administrator',
    grant: true,
  });
  const token = await cloud.client.token('portalUser', 'https://vault.azure.net');
  const path = `/deletedsecrets/${name}?api-version=7.5`;
  expect((await cloud.client.azure(vaultHost(vault), path, { method: 'DELETE' }, token)).status).toBe(204);
}

describe('an app that is installed again', () => {
  it.each([
    ['were left', async () => undefined],
    [
      'were deleted and purged',
      async () => {
        for (const [vault, name] of ownSecretsThen) await purge(vault, name);
      },
    ],
  ])('where canary and pending secret %s sweeps, enables and rotates', async (_, tidyUp) => {
    await tidyUp();
    await cloud.client.setGraph({ principal: 'app', owns: 'airflow', grant: true });

    expect((await sweep()).profiles[0]).toMatchObject({ findings: { unproven: 1 }, enablements: 1 });
    await cloud.client.run({ maxSeconds: 2 * HOUR });
    expect(await enable(cloud, { name: 'two' })).toMatchObject({ outcome: 'enabled' });
    const [earlier = ''] = await keys(cloud);
    expect(await markerOf(cloud, 'two')).toBe(earlier);
    expect(await rotate(cloud)).toMatchObject({
      outcome: 'rotated',
      result: { otherHubs: [{ keyId: earlier, label: expect.stringMatching(/^airlock \S+ rq-/) }] },
    });
    const [, minted] = await keys(cloud);
    for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(minted);
    // The key of the earlier installation stays, and sweeps tell of it: this one cannot know who else uses it.
    expect((await sweep()).credentials[0]).toMatchObject({ otherHubs: [{ keyId: earlier }] });
    await expectNoViolation(cloud, [earlier]);
  });
});
