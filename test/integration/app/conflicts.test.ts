/** Answers that say neither yes nor no: conflicts that pass, and refusals that no patience and no role cures. */
import { afterEach, describe, expect, it } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import {
  AIRFLOW_VAULT,
  CREDENTIAL_SECRET,
  OPERATOR_VAULT,
  SUBSCRIPTION_ID,
} from '../../../local/sample/names.js';
import { armCalls, enable, runtimeId, settle, type TestCloud } from './harness.js';
import { expectNoViolation, fleet, keys, markerOf, rotate } from './rotationHarness.js';

let cloud: TestCloud;
afterEach(async () => {
  await cloud.handle.stop();
});

/** The next call of this operation is answered so. */
function answers(
  service: string,
  operation: string,
  status: number,
  error: object,
  more: Partial<NewFault> & { readonly headers?: Record<string, string> } = {},
): NewFault {
  const { headers = {}, ...rest } = more;
  return {
    match: { service, operation },
    action: { kind: 'status', status, headers, body: { error } },
    times: 1,
    ...rest,
  };
}

const CONCURRENT = 'Due to concurrent requests, the operation could not be completed.';

describe('two writes to one application', () => {
  it.each([
    [409, 'Directory_ConcurrencyViolation'],
    [400, 'Directory_ConcurrencyViolation'],
    [503, 'Directory_ConcurrencyViolation'],
    [400, 'Request_BadRequest'],
    [409, 'Request_Conflict'],
  ])('are told to come again as %i %s, and do', async (status, code) => {
    cloud = await fleet(['one']);
    for (const operation of ['applications.addPassword', 'applications.removePassword'])
      await cloud.client.addFault(answers('graph', operation, status, { code, message: CONCURRENT }));
    const run = await rotate(cloud);

    expect(run, run.problem?.message).toMatchObject({ outcome: 'rotated' });
    expect(await keys(cloud)).toHaveLength(1);
    await expectNoViolation(cloud);
  });

  it('of the app itself, one right after the other, end as they should', async () => {
    cloud = await fleet(['one']);
    const forbidden = { code: 'Authorization_RequestDenied', message: '' };
    const barred = await cloud.client.addFault({
      match: { service: 'graph', operation: 'applications.removePassword' },
      action: { kind: 'status', status: 403, headers: {}, body: { error: forbidden } },
    });
    expect(await rotate(cloud)).toMatchObject({ outcome: 'rotatedPartly' });
    await cloud.client.removeFault(barred);
    await cloud.client.advance(25 * 3600);
    // It owes the key of before: this one removes two, the second before the directory is done with the first.
    const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;
    const run = await rotate(cloud);

    expect(run, run.problem?.message).toMatchObject({ outcome: 'rotated' });
    const removals = await cloud.client.ledger({
      service: 'graph',
      operation: 'applications.removePassword',
      since,
    });
    expect(removals.map(({ status }) => status)).toEqual([204, 409, 204]);
    expect(await keys(cloud)).toHaveLength(1);
    await expectNoViolation(cloud);
  });
});

it('an application that may have no client secret is left to another strategy', async () => {
  cloud = await fleet(['one']);
  const code = 'CredentialTypeNotAllowedAsPerAppPolicy';
  await cloud.client.addFault(answers('graph', 'applications.addPassword', 400, { code, message: '' }));
  const run = await rotate(cloud);

  expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'credentialPolicy' } });
  expect(run.problem?.remedy).toContain('strategy: external');
});

describe('a secret that is being deleted or recovered', () => {
  it.each(['ObjectIsBeingRecovered', 'ObjectIsBeingDeleted'])(
    'is waited for (%s), and takes nobody back',
    async (inner) => {
      cloud = await fleet(['one']);
      for (const subject of [CREDENTIAL_SECRET, `${CREDENTIAL_SECRET}-next`]) {
        const error = { code: 'Conflict', message: 'retry later', innererror: { code: inner } };
        await cloud.client.addFault({
          ...answers('vault', 'secrets.set', 409, error),
          match: { service: 'vault', operation: 'secrets.set', subject },
        });
      }
      const run = await rotate(cloud);

      expect(run, run.problem?.message).toMatchObject({ outcome: 'rotated' });
      await expectNoViolation(cloud);
    },
  );

  it('or was deleted: its recovery is named, and the live secret is not', async () => {
    cloud = await fleet(['one']);
    await rotate(cloud);
    const versions = await cloud.client.ledger({ service: 'vault', operation: 'version.added' });
    const pending = versions
      .map(({ subject = '' }) => subject.split('/').at(-2) ?? '')
      .find((name) => name.startsWith(CREDENTIAL_SECRET) && name !== CREDENTIAL_SECRET);
    await cloud.client.deleteSecret(OPERATOR_VAULT, pending ?? '');
    await cloud.client.advance(3600 * 25);
    const run = await rotate(cloud, { force: true });

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'secretDeleted' } });
    expect(run.problem?.remedy).toContain(`az keyvault secret recover --vault-name ${OPERATOR_VAULT}`);
    expect(run.problem?.remedy).toContain(`--name ${pending}`);
    expect(run.problem?.remedy).not.toContain('secret set');
    await expectNoViolation(cloud);
  });

  /** Somebody deletes the canary; gives its name. */
  async function deleteCanary(): Promise<string> {
    const [canary = ''] = (await cloud.client.ledger({ service: 'vault', operation: 'version.added' }))
      .map(({ subject = '' }) => subject)
      .filter((subject) => subject.includes(AIRFLOW_VAULT))
      .map((subject) => subject.split('/').at(-2) ?? '');
    await cloud.client.deleteSecret(AIRFLOW_VAULT, canary);
    return canary;
  }

  it('is recovered where it is the canary, which takes its time', async () => {
    cloud = await fleet(['one']);
    await cloud.client.setSecretChangeSeconds(AIRFLOW_VAULT, 60);
    const canary = await deleteCanary();
    await cloud.client.run({ maxSeconds: 120 });
    await cloud.client.setRole({ principal: 'app', role: 'Key Vault Secrets Officer', grant: true });
    const since = (await cloud.client.ledger()).at(-1)?.n ?? 0;
    const run = await enable(cloud, { name: 'two' });

    expect(run, run.problem?.message).toMatchObject({ outcome: 'enabled' });
    const calls = (await cloud.client.ledger({ service: 'vault', since })).filter(({ subject }) =>
      subject?.includes(canary),
    );
    const at = (operation: string) => calls.findIndex((call) => call.operation === operation);
    expect(at('deletedSecrets.recover')).toBeGreaterThan(0);
    // While it is being recovered it is not there, and nobody can write it.
    const after = calls.slice(at('deletedSecrets.recover') + 1);
    expect(
      after.filter(({ operation }) => operation === 'secrets.set').map(({ status }) => status),
    ).toContain(409);
    expect(after.filter(({ operation }) => operation === 'version.added')).toEqual([]);
  });

  it('names its recovery where it is the canary and the app may not recover it', async () => {
    cloud = await fleet(['one']);
    const canary = await deleteCanary();
    const run = await enable(cloud, { name: 'two' });

    expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'secretDeleted' } });
    expect(run.problem?.remedy).toContain(
      `az keyvault secret recover --vault-name ${AIRFLOW_VAULT} --name ${canary}`,
    );
  });

  it('names its recovery where it is the credential itself', async () => {
    cloud = await fleet(['one']);
    const before = await keys(cloud);
    await cloud.client.deleteSecret(OPERATOR_VAULT, CREDENTIAL_SECRET);
    const command = `az keyvault secret recover --vault-name ${OPERATOR_VAULT} --name ${CREDENTIAL_SECRET}`;
    for (const run of [await rotate(cloud), await enable(cloud, { name: 'two' })]) {
      expect(run).toMatchObject({ outcome: 'refused', problem: { code: 'credentialMissing' } });
      expect(run.problem?.remedy).toContain(command);
    }
    expect(await keys(cloud)).toEqual(before);
    expect((await armCalls(cloud.client, 'two')).writes).toBe(0);
    await expectNoViolation(cloud);
  });
});

describe('a write that Resource Manager refuses whatever the role', () => {
  it.each([
    ['lock', 'resourceLocked', 'az lock list --resource-group'],
    ['policy', 'deniedByPolicy', 'az policy assignment list'],
    ['disabledSubscription', 'subscriptionDisabled', 'az account show'],
  ] as const)('for a %s is asked for once, and ends with these words', async (kind, code, remedy) => {
    cloud = await fleet([]);
    await cloud.client.createRuntime({ name: 'etl' });
    await cloud.client.setDenial({ kind, scope: SUBSCRIPTION_ID, on: true });
    const run = await settle(cloud.client, 'etl');

    expect(run).toMatchObject({ outcome: 'refused', problem: { code } });
    expect(run.problem?.remedy).toContain(remedy);
    expect((await armCalls(cloud.client, 'etl')).writes).toBe(1);
  });

  it('with a lock, leaves a rotation as it was', async () => {
    cloud = await fleet(['one']);
    const before = await keys(cloud);
    await cloud.client.setDenial({ kind: 'lock', scope: runtimeId('one'), on: true });
    const run = await rotate(cloud);

    expect(run.outcome).toBe('rolledBack');
    expect(await keys(cloud)).toEqual(before);
    await expectNoViolation(cloud);
  });
});

it.each([201, 202])('a write that is answered %i is written', async (status) => {
  cloud = await fleet(['one']);
  await cloud.client.addFault({
    match: { service: 'arm', operation: 'integrationRuntimes.createOrUpdate' },
    action: { kind: 'otherStatus', status },
    times: 1,
  });
  const run = await rotate(cloud);

  expect(run, run.problem?.message).toMatchObject({ outcome: 'rotated' });
  expect(await markerOf(cloud, 'one')).toBe((await keys(cloud))[0]);
});

it('a conflict is waited out for as long as the service asks', async () => {
  cloud = await fleet([]);
  await cloud.client.createRuntime({ name: 'etl' });
  await cloud.client.addFault({
    ...answers('arm', 'integrationRuntimes.createOrUpdate', 409, { code: 'Conflict', message: '' }),
    action: {
      kind: 'status',
      status: 409,
      headers: { 'retry-after': '300' },
      body: { error: { code: 'Conflict', message: '' } },
    },
  });
  const run = await settle(cloud.client, 'etl');
  const puts = await cloud.client.ledger({ service: 'arm', operation: 'integrationRuntimes.createOrUpdate' });
  const [first, second] = puts.slice(-2).map(({ at }) => Date.parse(at));

  expect(run.outcome).toBe('enabled');
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(300_000);
});
