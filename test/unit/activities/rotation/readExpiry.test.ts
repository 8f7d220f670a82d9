import { describe, expect, it } from 'vitest';
import { readExpiry } from '../../../../src/activities/rotation/readExpiry.js';
import { ActivityContext, NOW } from '../../doubles/activityContext.js';
import { RETRY } from '../../doubles/calls.js';
import { SECRET } from './rotating.js';

const DAY = 86_400_000;
const read = (context: ActivityContext) => readExpiry({ credential: 'reader', now: NOW }, context.deps);
const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();

describe('the end of what everybody reads', () => {
  // A rotation has 30 days: somebody is told from the fifteenth on.
  it.each([
    { days: 100, late: false },
    { days: 16, late: false },
    { days: 15, late: true },
    { days: -1, late: true },
  ])('is late: $late, where it comes in $days days', async ({ days, late }) => {
    const context = new ActivityContext();
    context.vaults.put(SECRET, 'newer', { expiresOn: inDays(days) });

    expect(await read(context)).toEqual({ kind: 'read', expiresOn: inDays(days), late });
  });

  it('is that of the newest version that can be read', async () => {
    const context = new ActivityContext();
    context.vaults.put(SECRET, 'newer', { expiresOn: inDays(40) });
    context.vaults.put(SECRET, 'off', { expiresOn: inDays(3), enabled: false });

    expect(await read(context)).toEqual({ kind: 'read', expiresOn: inDays(40), late: false });
  });

  it('is not told where the vault does not say it', async () => {
    expect(await read(new ActivityContext())).toEqual({ kind: 'read', late: false });
  });

  it('does not need the directory, nor a value', async () => {
    const context = new ActivityContext();
    context.graph.calls.faults.keys = 'busy';
    context.vaults.calls.faults.current = 'forbidden';

    expect(await read(context)).toMatchObject({ kind: 'read' });
    expect(context.graph.calls.made).toEqual([]);
  });

  it('is to be asked for again where the vault is busy, and explained where it refuses', async () => {
    const context = new ActivityContext();
    context.vaults.calls.faults.versions = 'busy';
    expect(await read(context)).toMatchObject(RETRY);
    context.vaults.calls.faults.versions = 'forbidden';
    expect(await read(context)).toMatchObject({ kind: 'refused', problem: { code: 'vaultRoleMissing' } });
    context.profiles = [];

    expect(await read(context)).toMatchObject({ kind: 'refused', problem: { code: 'credentialGone' } });
  });
});
