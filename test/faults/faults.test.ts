import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bed } from './bed.js';
import { type Cell, fromZeroCells } from './cells.js';
import { disturbanceCells } from './disturbances.js';

describe('single faults', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await Bed.open();
  });
  afterAll(async () => {
    await bed.close();
  });

  const once = (call: string, status: number, times = 1): Cell => {
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
      happenings: [],
      faults: [{ match: { service, operation }, action, times }],
    };
  };
  const lost = (call: string): Cell => {
    const cell = once(call, 500);
    const faults = cell.faults.map((fault) => ({ ...fault, action: { kind: 'lostResponse' as const } }));
    return { ...cell, fault: 'answer lost', faults };
  };
  const cells = [
    once('graph applications.addPassword', 500),
    lost('graph applications.addPassword'),
    lost('graph applications.removePassword'),
    lost('vault secrets.set'),
    once('vault secrets.update', 429),
    once('arm integrationRuntimes.createOrUpdate', 412),
    lost('arm integrationRuntimes.createOrUpdate'),
    once('arm integrationRuntimes.list', 500),
    once('arm integrationRuntimes.list', 404, 4),
    once('vault secrets.listVersions', 404),
  ];
  it.each(cells.map((cell) => [`${cell.call}, ${cell.fault}`, cell] as const))(
    '%s',
    async (_, { faults, happenings }) => {
      expect(await bed.tell({ faults, happenings })).toMatchObject({
        outcome: 'rotated',
        violations: [],
        defects: [],
        rotationsToSettle: 0,
      });
    },
  );

  const someOf = disturbanceCells().filter(
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
  it.each(someOf.map((cell) => [`${cell.call} ${cell.fault}, ${cell.at}`, cell] as const))(
    '%s',
    async (_, cell) => {
      expect(await bed.tell(cell)).toMatchObject({ violations: [], defects: [] });
    },
  );
  it('are tried here with some of what people, lists, restarts, services and the host may do', () => {
    expect(someOf).toHaveLength(7);
  });

  it.each(fromZeroCells().map((cell) => [cell.fault, cell] as const))(
    'an event that starts a run: %s',
    async (_, cell) => {
      const report = await bed.tell(cell);

      expect(report).toMatchObject({
        outcome: 'enabled',
        violations: [],
        defects: [],
        rotationsToSettle: 0,
      });
    },
  );
});
