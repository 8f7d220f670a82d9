import { describe, expect, it } from 'vitest';
import { clearedDebts } from '../../../../src/domain/rotation/clearedDebts.js';
import { fleetOf } from '../../../../src/domain/rotation/inventory.js';
import { keyLabel, minterOf } from '../../../../src/domain/rotation/pending.js';
import type { Examined } from '../../../../src/domain/rotation/task.js';
import type { Debt } from '../../../../src/domain/runs/rotations.js';
import { UNREADABLE } from '../../../../src/domain/values/credentialVersion.js';
import { batchOf, runtimeIdOf } from '../../../../src/runtimes/data-factory/resourceId.js';
import { DAY, fleetWith, HOUR, inventoryOf, iso, key, NOW } from './inventories.js';
import { debt } from './records.js';

const FAR = NOW + 100 * DAY;
const MINTER = minterOf('0123456789abcdef', 'a1b2c3d4');
const OURS = keyLabel(MINTER, 'ev-1');

const found = (more: Partial<Examined>): Examined => ({
  minter: MINTER,
  inventory: inventoryOf(FAR),
  fleet: fleetWith(['key-1', 'key-1']),
  debts: [],
  now: NOW,
  ...more,
});

describe('the label of a key that nobody could look for', () => {
  const outstanding = (hoursAgo: number): Debt => ({
    ...debt(OURS),
    kind: 'removeLabelled',
    since: iso(NOW - hoursAgo * HOUR),
  });
  const other = key('key-2', FAR, OURS);

  it.each([
    { label: 'where no key has it', keys: [], fleet: fleetWith(['key-1']), cleared: [OURS] },
    {
      label: 'where only the current key has it',
      keys: [key('KEY-1', FAR, OURS)],
      fleet: fleetWith([]),
      cleared: [OURS],
    },
    { label: 'not where a key has it', keys: [other], fleet: fleetWith(['key-1']), cleared: [] },
    {
      label: 'not where a key has it that a runtime has',
      keys: [other],
      fleet: fleetWith(['key-2']),
      cleared: [],
    },
    {
      label: 'not where a key has it that one may have',
      keys: [other],
      fleet: fleetWith([UNREADABLE]),
      cleared: [],
    },
    { label: 'not where the directory is not asked', keys: undefined, fleet: fleetWith([]), cleared: [] },
  ])('is cleared $label', ({ keys, fleet, cleared }) => {
    const inventory = inventoryOf(FAR, keys === undefined ? {} : { keys });

    expect(clearedDebts(found({ inventory, fleet, debts: [outstanding(2)] }))).toEqual(cleared);
  });

  it.each([
    { label: 'once the directory shows what was still on its way', hours: 1 + 5 / 60, cleared: [OURS] },
    { label: 'not sooner: the directory may show it late', hours: 1 + 4.9 / 60, cleared: [] },
  ])('is cleared $label', ({ hours, cleared }) => {
    expect(
      clearedDebts(found({ inventory: inventoryOf(FAR, { keys: [] }), debts: [outstanding(hours)] })),
    ).toEqual(cleared);
  });

  it('is cleared from the moment that a quiet debt names', () => {
    const quiet = (until: number) => ({ ...outstanding(9), quietUntil: iso(until) });
    const clearedWith = (until: number) =>
      clearedDebts(found({ inventory: inventoryOf(FAR, { keys: [] }), debts: [quiet(until)] }));

    expect(clearedWith(NOW)).toEqual([OURS]);
    expect(clearedWith(NOW + 1)).toEqual([]);
  });

  it('leaves other debts as they are', () => {
    expect(
      clearedDebts(found({ inventory: inventoryOf(FAR, { keys: [] }), debts: [debt('key-2')] })),
    ).toEqual([]);
  });
});

describe('a runtime that was to get the credential in use', () => {
  const PLACE = { subscription: '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215', resourceGroup: 'rg', factory: 'adf' };
  const idOf = (name: string) =>
    `/subscriptions/${PLACE.subscription}/resourceGroups/rg/providers/Microsoft.DataFactory/factories/adf/integrationRuntimes/${name}`;
  const carrier = (name: string, credentialId: string, profile?: string) => ({
    key: idOf(name).toLowerCase(),
    runtime: runtimeIdOf({ ...PLACE, name }),
    batch: batchOf(PLACE),
    budget: { key: PLACE.subscription, pace: { atOnce: 1, perSecond: 1 } },
    credentialId,
    ...(profile === undefined ? {} : { profile }),
  });
  const outstanding: Debt = { ...debt(idOf('A').toUpperCase()), kind: 'moveRuntime' };
  const outside = Array.from({ length: 21 }, (_, count) => carrier(`z${count}`, 'key-0'));

  it.each([
    { label: 'is cleared where it has it', carriers: [carrier('a', 'KEY-1', 'p')], cleared: true },
    {
      label: 'stays outstanding where it has another',
      carriers: [carrier('a', 'key-0', 'p')],
      cleared: false,
    },
    {
      label: 'stays outstanding where it cannot be read',
      carriers: [carrier('a', UNREADABLE, 'p')],
      cleared: false,
    },
    { label: 'is cleared where it has none any more', carriers: [carrier('b', 'key-1', 'p')], cleared: true },
    {
      label: 'stays outstanding outside of every profile',
      carriers: [carrier('a', 'key-0')],
      cleared: false,
    },
    { label: 'stays outstanding where it may be outside, unnamed', carriers: outside, cleared: false },
    {
      label: 'stays outstanding where a list entry cannot be read',
      carriers: [],
      unread: ['?'],
      cleared: false,
    },
  ])('$label', ({ carriers, unread = [], cleared }) => {
    const fleet = fleetOf(carriers, { unread });

    expect(clearedDebts(found({ fleet, debts: [outstanding] }))).toEqual(cleared ? [outstanding.what] : []);
  });
});
