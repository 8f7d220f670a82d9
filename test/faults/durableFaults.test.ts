import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durableCases } from './faultCases.js';
import { TestCloud } from './testCloud.js';
import { workerCases } from './workerCases.js';

describe('single faults of the durable host', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await TestCloud.open();
  });
  afterAll(async () => {
    await cloud.close();
  });

  const cases = [...durableCases(), ...workerCases()].filter(
    ({ call, kills }) => !kills && /mint|commit|removeKey|apply/.test(call),
  );
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
