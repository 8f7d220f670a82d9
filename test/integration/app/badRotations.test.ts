/** What may be wrong with a credential, its vault, its application, its runtimes or the time: each has a clear end. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIAL_SECRET, OPERATOR_VAULT, vaultHost, vaultId } from '../../../local/sample/names.js';
import { grantOnSecret } from '../../grantOnSecret.js';
import { runtimeId, type TestCloud } from './harness.js';
import {
  expectNoViolation,
  fleet,
  followRotation,
  keys,
  markerOf,
  rotate,
  rotationConfig,
  startRotation,
} from './rotationHarness.js';

const DAY = 86_400;

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

const now = async () => Date.parse((await cloud.client.clock()).now);

/** Somebody adds a client secret and writes it into the credential's secret; gives its key id. */
async function writeCredential(days: { entra: number; vault?: number }, enabled = true): Promise<string> {
  const at = await now();
  const endDateTime = new Date(at + days.entra * DAY * 1000).toISOString();
  const { keyId, value } = await cloud.client.addPassword('airflow', { endDateTime });
  await cloud.client.setSecret(OPERATOR_VAULT, CREDENTIAL_SECRET, {
    value,
    enabled,
    tags: { keyId },
    ...(days.vault === undefined ? {} : { exp: Math.floor(at / 1000) + days.vault * DAY }),
  });
  return keyId;
}

describe('a credential that cannot be rotated', () => {
  it('because its application does not exist', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    const text = rotationConfig().replace(/clientId: \S+/, `clientId: ${nobody}`);
    cloud = await fleet([], text);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'graphApplicationMissing' } });
    expect(run.problem?.message).toContain(nobody);
  });

  it('because the app does not own the application', async () => {
    cloud = await fleet(['one']);
    const before = await keys(cloud);
    await cloud.client.setGraph({ principal: 'app', owns: 'airflow', grant: false });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'graphForbidden' } });
    expect(run.problem?.remedy).toContain('az ad app owner add');
    expect(await keys(cloud)).toEqual(before);
    await expectNoViolation(cloud);
  });

  it('because a policy of the tenant refuses client secrets that live so long', async () => {
    cloud = await fleet(['one']);
    const before = await keys(cloud);
    await cloud.client.setLifetimePolicy({ maxDays: 20, excess: 'refuse' });
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'credentialPolicy' } });
    expect(run.problem?.remedy).toContain('validityDays');
    expect(await keys(cloud)).toEqual(before);
    await expectNoViolation(cloud);
  });

  it('because the current version of its secret is disabled', async () => {
    cloud = await fleet(['one']);
    const [old] = await keys(cloud);
    const disabled = await writeCredential({ entra: 90 }, false);
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'secretDisabled' } });
    expect(await keys(cloud)).toEqual([old, disabled]);
    expect(await markerOf(cloud, 'one')).toBe(old);
    await expectNoViolation(cloud);
  });

  it('because its secret does not exist', async () => {
    cloud = await fleet([], rotationConfig().replace('name: airflow-sp', 'name: not-there'));
    await grantOnSecret(cloud, OPERATOR_VAULT, 'not-there');
    const run = await rotate(cloud);

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'credentialMissing' } });
    expect(run.problem?.remedy).toContain('--name not-there');
  });
});

describe('expiries', () => {
  it.each([
    ['Entra says sooner than the vault', { entra: 20, vault: 300 }],
    ['the vault says sooner than Entra', { entra: 300, vault: 20 }],
  ])('that differ: the sooner one counts (%s)', async (_, days) => {
    cloud = await fleet(['one']);
    const [had] = await keys(cloud);
    const soon = await writeCredential(days);
    const run = await rotate(cloud, {});

    // What the runtime had is what it comes from, whatever was written meanwhile.
    expect(run).toMatchObject({ outcome: 'rotated', result: { from: had } });
    expect(await keys(cloud)).not.toContain(soon);
    expect(await markerOf(cloud, 'one')).toBe(run.result?.to);
    await expectNoViolation(cloud);
  });

  it('that are not there make nothing due', async () => {
    cloud = await fleet(['one']);
    await writeCredential({ entra: 300 });
    await cloud.client.run({ maxSeconds: 48 * 3600 });

    expect(await rotate(cloud, {})).toMatchObject({ outcome: 'upToDate' });
    await expectNoViolation(cloud);
  });
});

describe('an event', () => {
  const event = (secret: string, exp: unknown, id: string) => ({
    id,
    topic: vaultId(OPERATOR_VAULT),
    subject: secret,
    eventType: 'Microsoft.KeyVault.SecretNearExpiry',
    eventTime: '2026-11-23T12:00:00Z',
    data: {
      Id: `https://${vaultHost(OPERATOR_VAULT)}/secrets/${secret}/0123456789abcdef0123456789abcdef`,
      VaultName: OPERATOR_VAULT,
      ObjectType: 'Secret',
      ObjectName: secret,
      Version: '0123456789abcdef0123456789abcdef',
      EXP: exp,
    },
    dataVersion: '1',
    metadataVersion: '1',
  });
  const outcomes = async (): Promise<(string | undefined)[]> => {
    const answer = await cloud.client.functions('/api/runs?target=airflow-sp&top=50');
    const { runs } = (await answer.json()) as { runs: { outcome?: string }[] };
    return runs.map(({ outcome }) => outcome);
  };

  it('of another secret starts nothing; an old version, a forged or missing expiry changes nothing', async () => {
    cloud = await fleet(['one']);
    const before = await keys(cloud);
    const cases: [string, unknown][] = [
      ['somebody-elses', 1],
      [CREDENTIAL_SECRET, 1],
      [CREDENTIAL_SECRET, null],
      [CREDENTIAL_SECRET, '4102444800'],
      [CREDENTIAL_SECRET, undefined],
    ];
    for (const [index, [secret, exp]] of cases.entries()) {
      await cloud.client.deliver(event(secret, exp, `e${index}`), 'credentialEvents');
      await cloud.client.run({ maxSeconds: 600 });
    }

    expect(await outcomes()).toEqual(['upToDate', 'upToDate', 'upToDate', 'upToDate']);
    expect(await keys(cloud)).toEqual(before);
    expect(await markerOf(cloud, 'one')).toBe(before[0]);
    await expectNoViolation(cloud);
  });
});

describe('a runtime that never becomes ready', () => {
  it('undoes the rotation, leaves what it still has as a debt, and is fixed by the next one', async () => {
    cloud = await fleet(['one', 'two']);
    const [old = ''] = await keys(cloud);
    await cloud.client.setLifecycle({ outcome: 'never' }, 'one');
    const run = await rotate(cloud);
    const minted = run.result?.to ?? '';

    expect(run).toMatchObject({ outcome: 'rolledBack', problem: { code: 'tooManyFailed' } });
    expect(run.result?.stragglers).toMatchObject([{ runtime: runtimeId('one') }]);
    expect(run.result?.debts?.map(({ kind, what }) => [kind, what.split('/').at(-1)])).toEqual(
      expect.arrayContaining([
        ['removeKey', minted],
        ['moveRuntime', 'one'],
      ]),
    );
    expect(await keys(cloud)).toEqual([old, minted]);
    expect(await markerOf(cloud, 'two')).toBe(old);
    await expectNoViolation(cloud, [minted]);

    await cloud.client.setLifecycle({ outcome: 'started' }, 'one');
    await cloud.client.endStart('one', 'started');
    await cloud.client.advance(2 * 3600);
    const settled = await rotate(cloud);
    expect(settled.outcome).toBe('rotated');
    expect(await keys(cloud)).toEqual([settled.result?.to]);
    await expectNoViolation(cloud);
  });
});

describe('at any moment', () => {
  it('a person may cancel: what can go back does, and the next rotation finds nothing left over', async () => {
    cloud = await fleet(['one', 'two']);
    const ends = new Map<number, string | undefined>();
    for (const seconds of [1, 20, 70, 150, 700, 4000]) {
      const [before] = await keys(cloud);
      const id = await startRotation(cloud);
      await cloud.client.run({ maxSeconds: seconds });
      await cloud.client.functions(`/api/runs/${id}/cancel`, { method: 'POST' });
      const run = await followRotation(cloud, id);
      ends.set(seconds, run.outcome);
      const expected = run.outcome === 'cancelled' ? before : run.result?.to;
      expect(await keys(cloud), `cancelled after ${seconds} s`).toEqual([expected]);
      for (const name of ['one', 'two']) expect(await markerOf(cloud, name)).toBe(expected);
      await expectNoViolation(cloud);
    }

    expect(ends.get(1)).toBe('cancelled');
    expect(ends.get(4000)).toBe('rotated');
  });

  it('the clock may jump ahead', async () => {
    cloud = await fleet(['one', 'two']);
    for (const seconds of [5, 90, 400]) {
      const id = await startRotation(cloud);
      await cloud.client.run({ maxSeconds: seconds });
      // Longer than any hold on a runtime or on the credential.
      await cloud.client.advance(3 * DAY);
      const run = await followRotation(cloud, id);

      expect(run.outcome).toBe('rotated');
      expect(await keys(cloud)).toEqual([run.result?.to]);
      await expectNoViolation(cloud);
    }
  });
});
