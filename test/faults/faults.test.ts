import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchShared } from '../integration/app/cloudPool.js';
import { disturbanceCases } from './disturbanceCases.js';
import { type FaultCase, fromZeroCases } from './faultCases.js';
import { TestCloud } from './testCloud.js';

describe('single faults', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await TestCloud.open({ launch: launchShared });
  });
  afterAll(async () => {
    await cloud.close();
  });

  const once = (call: string, status: number, times = 1): FaultCase => {
    const [service = '', operation = ''] = call.split(' ');
    const action = {
      kind: 'status' as const,
      status,
      body: { error: { code: 'Injected', message: 'injected' } },
    };
    return {
      call,
      fault: times === 1 ? `${status}` : `${status}, ${times} times`,
      at: '1',
      kills: false,
      disturbances: [],
      faults: [{ match: { service, operation }, action, times }],
    };
  };
  const lost = (call: string): FaultCase => {
    const faultCase = once(call, 500);
    const faults = faultCase.faults.map((fault) => ({ ...fault, action: { kind: 'lostResponse' as const } }));
    return { ...faultCase, fault: 'answer lost', faults };
  };
  const cases = [
    once('graph applications.addPassword', 500),
    lost('graph applications.addPassword'),
    once('vault secrets.update', 429),
    once('arm integrationRuntimes.createOrUpdate', 412),
    once('arm integrationRuntimes.list', 404, 4),
    once('vault secrets.listVersions', 404),
  ];
  it.each(cases.map((faultCase) => [`${faultCase.call}, ${faultCase.fault}`, faultCase] as const))(
    '%s',
    async (_, { faults, disturbances }) => {
      expect(await cloud.run({ faults, disturbances })).toMatchObject({
        outcome: 'rotated',
        violations: [],
        defects: [],
        rotationsToSettle: 0,
      });
    },
  );

  const someOf = disturbanceCases().filter(
    ({ call, fault, at, variant = 'graph' }) =>
      [
        'old processes, up to the end of each restart, 1',
        'directory, lists no key, moving',
        'a person, writes the next version, in the overlap',
        'list entry, of an odd group, 1',
        'orchestrator checkAccess, terminated, 1',
        'vault secrets.set, 409 ObjectIsBeingRecovered, 2',
        'arm denies by lock, all runtimes, as the pilot restarts',
      ].includes(`${call}, ${fault}, ${at}`) && variant === 'graph',
  );
  it.each(
    someOf.map((faultCase) => [`${faultCase.call} ${faultCase.fault}, ${faultCase.at}`, faultCase] as const),
  )('%s', async (_, faultCase) => {
    expect(await cloud.run(faultCase)).toMatchObject({ violations: [], defects: [] });
  });
  it('are tried here with some of what people, lists, restarts, services and the host may do', () => {
    expect(someOf).toHaveLength(7);
  });

  it.each(fromZeroCases().map((faultCase) => [faultCase.fault, faultCase] as const))(
    'an event that starts a run: %s',
    async (_, faultCase) => {
      const report = await cloud.run(faultCase);

      expect(report).toMatchObject({
        outcome: 'enabled',
        violations: [],
        defects: [],
        rotationsToSettle: 0,
      });
    },
  );
});
