import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bed } from './bed.js';
import { durableCells } from './cells.js';
import { workerCells } from './workerCells.js';

describe('single faults of the durable host', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await Bed.open();
  });
  afterAll(async () => {
    await bed.close();
  });

  const cells = [...durableCells(), ...workerCells()].filter(
    ({ call, kills }) => !kills && /mint|commit|removeKey|apply/.test(call),
  );
  it.each(cells.map((cell) => [`${cell.call}, ${cell.fault}`, cell] as const))(
    '%s',
    async (_, { faults, happenings }) => {
      const report = await bed.tell({ faults, happenings });

      expect(report).toMatchObject({ violations: [], defects: [], rotationsToSettle: 0 });
      // A lease that ran out may well end in a way back; whatever is over in time goes through.
      if (happenings.length === 0) expect(report.outcome).toBe('rotated');
    },
  );
});
