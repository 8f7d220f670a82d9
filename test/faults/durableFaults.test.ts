import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchShared } from '../integration/app/cloudPool.js';
import { durableCases } from './faultCases.js';
import { TestCloud } from './testCloud.js';
import { workerCases } from './workerCases.js';

describe('single faults of the durable host', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await TestCloud.open({ launch: launchShared });
  });
  afterAll(async () => {
    await cloud.close();
  });

  /** What must not be done twice, or by halves: each in two ways, and each way at least once. `npm run faults` plays all. */
  const SOME = [
    'activity mintCredential, runs again',
    'activity mintCredential, worker gone after',
    'activity applySettings, worker gone before',
    'activity applySettings, result after the lease',
    'activity commitCredential, result twice',
    'activity commitCredential, worker gone after',
    'activity removeKey, result twice',
    'activity removeKey, result after the lease',
  ];
  const cases = [...durableCases(), ...workerCases()].filter(({ call, fault }) =>
    SOME.includes(`${call}, ${fault}`),
  );
  it('are tried here at those activities that change something', () => {
    expect(cases.map(({ call, fault }) => `${call}, ${fault}`).sort()).toEqual([...SOME].sort());
  });
  it.each(cases.map((faultCase) => [`${faultCase.call}, ${faultCase.fault}`, faultCase] as const))(
    '%s',
    async (_, { faults, disturbances }) => {
      const report = await cloud.run({ faults, disturbances });

      expect(report).toMatchObject({ violations: [], defects: [], rotationsToSettle: 0 });
      // A lease that ran out may well end in a way back; whatever is over in time goes through.
      if (disturbances.length === 0) expect(report.outcome).toBe('rotated');
    },
  );
});
