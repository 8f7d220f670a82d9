import { expect, it } from 'vitest';
import { createFaults } from '../../../local/kernel/faults.js';

const get = {
  service: 'arm',
  operation: 'integrationRuntimes.get',
  subject: '/factories/adf/x',
  path: '/a/b',
};
const drop = { kind: 'drop' } as const;
const refuse = { kind: 'status', status: 500 } as const;

it('hits the calls that agree in all given fields, subject and path as substrings', () => {
  const faults = createFaults();
  faults.add({ match: { service: 'arm', subject: 'adf', path: '/b' }, action: drop });
  expect(faults.strike(get)).toEqual(drop);
  expect(faults.strike({ ...get, service: 'vault' })).toBeUndefined();
  expect(faults.strike({ ...get, subject: '/factories/other' })).toBeUndefined();
  expect(faults.strike({ service: 'arm', operation: 'x', path: '/b' })).toBeUndefined();
  expect(faults.strike({ ...get, caller: 'somebody' })).toEqual(drop);
});

it('matches operation and caller exactly', () => {
  const faults = createFaults();
  faults.add({ match: { operation: 'integrationRuntimes.get', caller: 'app' }, action: drop });
  expect(faults.strike({ ...get, caller: 'app' })).toEqual(drop);
  expect(faults.strike({ ...get, caller: 'application' })).toBeUndefined();
  expect(
    faults.strike({ ...get, operation: 'integrationRuntimes.getStatus', caller: 'app' }),
  ).toBeUndefined();
});

it('lets the first calls pass, hits as many as told, and then lets all pass', () => {
  const faults = createFaults();
  faults.add({ match: {}, action: drop, skip: 2, times: 2 });
  const hits = Array.from({ length: 6 }, () => faults.strike(get) !== undefined);
  expect(hits).toEqual([false, false, true, true, false, false]);
});

it('counts calls that match only', () => {
  const faults = createFaults();
  faults.add({ match: { service: 'vault' }, action: drop, skip: 1 });
  faults.strike(get);
  expect(faults.strike({ ...get, service: 'vault' })).toBeUndefined();
  expect(faults.strike({ ...get, service: 'vault' })).toEqual(drop);
});

it('takes several faults one after the other', () => {
  const faults = createFaults();
  faults.add({ match: {}, action: drop, times: 1 });
  faults.add({ match: {}, action: refuse, times: 1 });
  expect([faults.strike(get), faults.strike(get), faults.strike(get)]).toEqual([drop, refuse, undefined]);
});

it('gives each fault an id, keeps a given one, and forgets a removed fault', () => {
  const faults = createFaults();
  const named = faults.add({ id: 'fault-1', match: {}, action: drop });
  const other = faults.add({ match: {}, action: refuse });
  expect(named).toBe('fault-1');
  expect(other).not.toBe(named);
  expect(faults.list().map(({ id }) => id)).toEqual([named, other]);
  faults.remove(named);
  expect(faults.strike(get)).toEqual(refuse);
  faults.clear();
  expect(faults.list()).toEqual([]);
});

it('shows how many matching calls each has met, hit or not', () => {
  const faults = createFaults();
  faults.add({ match: {}, action: drop, times: 1, skip: 1 });
  faults.add({ match: { service: 'nobody' }, action: drop });
  for (let calls = 0; calls < 3; calls++) faults.strike(get);
  expect(faults.list().map(({ seen }) => seen)).toEqual([3, 0]);
});

it('goes on counting after a restart', () => {
  const before = createFaults();
  before.add({ match: {}, action: drop, times: 2 });
  before.strike(get);
  const after = createFaults();
  after.restore(JSON.parse(JSON.stringify(before.snapshot())));
  expect([after.strike(get), after.strike(get)]).toEqual([drop, undefined]);
  expect(after.add({ match: {}, action: refuse })).not.toBe(before.list()[0]?.id);
});
