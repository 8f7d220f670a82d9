import { expect, it } from 'vitest';
import { createLedger } from '../../../local/kernel/ledger.js';

const clock = { now: () => Date.parse('2026-03-01T12:00:00Z') };

it('numbers its entries and gives them the time of the clock', () => {
  const ledger = createLedger(clock);
  ledger.record({ service: 'arm', operation: 'integrationRuntimes.get', status: 200 });
  expect(ledger.entries()).toEqual([
    {
      n: 1,
      at: '2026-03-01T12:00:00.000Z',
      service: 'arm',
      operation: 'integrationRuntimes.get',
      status: 200,
    },
  ]);
});

it('filters by all given fields', () => {
  const ledger = createLedger(clock);
  ledger.record({ service: 'arm', operation: 'get', caller: 'a' });
  ledger.record({ service: 'vault', operation: 'get', caller: 'b' });
  ledger.record({ service: 'arm', operation: 'put', caller: 'a' });
  const numbers = (filter: Parameters<typeof ledger.entries>[0]) => ledger.entries(filter).map(({ n }) => n);
  expect(numbers({ service: 'arm' })).toEqual([1, 3]);
  expect(numbers({ service: 'arm', operation: 'put' })).toEqual([3]);
  expect(numbers({ caller: 'b' })).toEqual([2]);
  expect(numbers({ since: 2 })).toEqual([3]);
});

it('forgets the oldest entries beyond its cap, and never a number', () => {
  const ledger = createLedger(clock, 4);
  for (let i = 0; i < 11; i += 1) ledger.record({ service: 'arm', operation: 'get' });
  expect(ledger.entries().map(({ n }) => n)).toEqual([8, 9, 10, 11]);
});

it('goes on counting after a restart, which calls do not survive', () => {
  const before = createLedger(clock);
  before.record({ service: 'vault', operation: 'version.added', detail: { trace: 'abc' } });
  before.record({ service: 'arm', operation: 'get' });
  before.record({ service: 'arm', operation: 'put' });
  const after = createLedger(clock);
  after.restore(before.snapshot());
  after.record({ service: 'arm', operation: 'get' });

  expect(after.entries().map(({ n }) => n)).toEqual([1, 4]);
});

it('keeps its calls as well where the process is about to die: nobody has read the last ones', () => {
  const before = createLedger(clock);
  before.record({ service: 'host', operation: 'orchestration.started', subject: 'x' });
  before.record({ service: 'arm', operation: 'put' });
  before.keepAll();
  const after = createLedger(clock);
  after.restore(before.snapshot());
  after.record({ service: 'arm', operation: 'get' });

  expect(after.entries().map(({ n }) => n)).toEqual([1, 2, 3]);
});
