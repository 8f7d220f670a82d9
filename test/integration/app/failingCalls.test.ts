import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { enable, expectReleased, impatientConfig, runsOn, startCloud, type TestCloud } from './harness.js';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud({ configText: impatientConfig() });
});
afterAll(async () => {
  await cloud.handle.stop();
});

describe('calls that fail', () => {
  const write = {
    service: 'arm',
    operation: 'integrationRuntimes.createOrUpdate',
    caller: 'b5a7e9d2-0c46-4f83-a1d8-2e6b94c07f1a',
  };
  const read = { ...write, operation: 'integrationRuntimes.get' };
  const status = (code: number, headers: Record<string, string> = {}): NewFault['action'] => ({
    kind: 'status',
    status: code,
    headers,
    body: { error: { code: 'Injected', message: 'injected' } },
  });
  const cases: [label: string, outcome: string, code: string | undefined, fault: NewFault][] = [
    ['a write refused by 412', 'enabled', undefined, { match: write, action: status(412), times: 1 }],
    ['a write refused by 409', 'enabled', undefined, { match: write, action: status(409), times: 2 }],
    [
      'a write refused by 429',
      'enabled',
      undefined,
      { match: write, action: status(429, { 'retry-after': '40' }), times: 2 },
    ],
    ['a write refused by 500', 'enabled', undefined, { match: write, action: status(500), times: 2 }],
    [
      'a lost answer to a write that took effect',
      'enabled',
      undefined,
      { match: write, action: { kind: 'lostResponse' }, times: 1 },
    ],
    [
      'a connection cut before a write',
      'enabled',
      undefined,
      { match: write, action: { kind: 'drop' }, times: 1 },
    ],
    ['a write that always meets 412', 'interrupted', 'keepsChanging', { match: write, action: status(412) }],
    [
      'a write that always meets 503',
      'interrupted',
      'retriesExhausted',
      { match: write, action: status(503) },
    ],
    [
      'a write that is forbidden',
      'refused',
      'resourceManagerForbidden',
      { match: write, action: status(403) },
    ],
    [
      'a read that is forbidden',
      'refused',
      'resourceManagerForbidden',
      { match: read, action: status(403), times: 1 },
    ],
    [
      'a read throttled',
      'enabled',
      undefined,
      { match: read, action: status(429, { 'retry-after': '7' }), times: 3 },
    ],
    ['polls that fail', 'enabled', undefined, { match: read, action: status(502), skip: 3, times: 4 }],
    [
      'the vault busy',
      'enabled',
      undefined,
      { match: { service: 'vault', operation: 'secrets.get' }, action: status(429), times: 3 },
    ],
    [
      'Entra refusing the credential',
      'credentialRefused',
      'clientSecretRefused',
      {
        match: { service: 'entra', operation: 'token' },
        action: {
          kind: 'status',
          status: 401,
          body: {
            error: 'invalid_client',
            error_description: 'AADSTS7000215: Invalid client secret provided.',
            error_codes: [7000215],
          },
        },
      },
    ],
  ];
  it.each(cases)('%s', async (label, outcome, code, fault) => {
    const name = `call-${cases.findIndex(([each]) => each === label)}`;
    const match = fault.match.service === 'arm' ? { ...fault.match, subject: name } : fault.match;
    await cloud.client.addFault({ ...fault, match });
    const run = await enable(cloud, { name });
    await cloud.client.clearFaults();

    expect([run.outcome, run.problem?.code]).toEqual([outcome, code]);
    await expectReleased(cloud, name);
    const [first] = await runsOn(cloud.client, name);
    expect(first?.id).toBe(run.id);
  });
});
