import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideTask } from '../../../../src/domain/rotation/decideTask.js';
import { keyLabel, minterOf } from '../../../../src/domain/rotation/pending.js';
import { type Found, outlives } from '../../../../src/domain/rotation/task.js';
import { UNREADABLE } from '../../../../src/domain/values/credentialVersion.js';
import {
  DAY,
  EXTERNAL,
  fleetWith,
  HOUR,
  inventoryOf,
  iso,
  key,
  known,
  NOW,
  OVERLAP,
  ROTATE_BEFORE,
  SECOND,
  SETTINGS,
  version,
} from './inventories.js';
import { debt } from './records.js';

const MOVE_SECONDS = 4 * 3600;
const MOVE = MOVE_SECONDS * SECOND;
const FAR = NOW + 100 * DAY;
const MINTER = minterOf('0123456789abcdef', 'a1b2c3d4');
const OURS = keyLabel(MINTER, 'ev-1');

/** Nothing to do: `key-1` is current and lives long, two runtimes have it. */
const found = (more: Partial<Found> = {}): Found => ({
  hub: 'a1b2c3d4',
  minter: MINTER,
  inventory: inventoryOf(FAR),
  fleet: fleetWith(['key-1', 'key-1']),
  settings: SETTINGS,
  moveSeconds: MOVE_SECONDS,
  debts: [],
  failures: { count: 0, lastAt: 0 },
  asked: false,
  force: false,
  now: NOW,
  ...more,
});
const taskOf = (more: Partial<Found>) => {
  const decision = decideTask(found(more));
  if (decision.kind !== 'task') throw new Error(`no task: ${decision.why}`);
  return decision.task;
};
const at = (left: number) => inventoryOf(NOW + left);

describe('a credential that the app mints', () => {
  it.each([
    {
      label: 'nothing a millisecond before it is due',
      inventory: at(ROTATE_BEFORE + 1),
      decision: { kind: 'nothing', expiring: false },
    },
    {
      label: 'the next one exactly when it is due',
      inventory: at(ROTATE_BEFORE),
      decision: { kind: 'task', task: { kind: 'mint', urgent: false, dead: false } },
    },
    {
      label: 'the next one in time',
      inventory: at(MOVE + OVERLAP),
      decision: { kind: 'task', task: { kind: 'mint', urgent: false, dead: false } },
    },
    {
      label: 'the next one urgently',
      inventory: at(MOVE + OVERLAP - 1),
      decision: { kind: 'task', task: { kind: 'mint', urgent: true, dead: false } },
    },
    {
      label: 'the next one for a dead one',
      inventory: at(0),
      decision: { kind: 'task', task: { kind: 'mint', urgent: true, dead: true } },
    },
    {
      label: 'nothing where it has no expiry',
      inventory: inventoryOf(undefined, { tagged: false }),
      decision: { kind: 'nothing', expiring: false, unknown: true },
    },
  ])('gets $label', ({ inventory, decision }) => {
    expect(decideTask(found({ inventory }))).toMatchObject(decision);
  });

  it('is rotated when a person asks, without haste', () => {
    expect(taskOf({ force: true })).toMatchObject({
      kind: 'mint',
      why: 'asked for',
      urgent: false,
      dead: false,
    });
  });

  it('comes from the current one, which goes in the end', () => {
    const task = taskOf({ force: true });

    expect(task).toMatchObject({ from: version('key-1', FAR), removable: ['key-1'] });
    expect(task.from).not.toHaveProperty('tagged');
    expect(task.to).toBeUndefined();
  });

  it('leaves a key alone that nobody named', () => {
    expect(taskOf({ force: true, inventory: inventoryOf(FAR, { tagged: false }) }).removable).toEqual([]);
  });

  it('is minted before runtimes are moved to one that is due', () => {
    expect(taskOf({ inventory: at(ROTATE_BEFORE), fleet: fleetWith(['key-0']) })).toMatchObject({
      kind: 'mint',
    });
  });
});

describe('runtimes that are behind', () => {
  const previous = version('key-0', FAR);
  const inventory = inventoryOf(FAR, { previous, carried: [known('key-0', FAR)] });

  it.each([
    { label: 'an earlier one', fleet: fleetWith(['key-1', 'key-0']), from: previous },
    { label: 'none that is named', fleet: fleetWith(['key-1', null]), from: previous },
    { label: 'one that nobody knows', fleet: fleetWith(['key-1', 'key-9']), from: undefined },
  ])('with $label move to the current one', ({ fleet, from }) => {
    const task = taskOf({ inventory, fleet });

    expect(task).toMatchObject({ kind: 'move', to: version('key-1', FAR), urgent: from === undefined });
    expect(task).toMatchObject({ dead: false });
    expect(task.from).toEqual(from);
    expect(task.to).not.toHaveProperty('tagged');
  });

  it('are not those that cannot be read: nothing could move them', () => {
    const fleet = fleetWith(['key-1', UNREADABLE]);

    expect(decideTask(found({ inventory, fleet }))).toMatchObject({ kind: 'nothing', expiring: false });
  });

  it.each([
    { label: 'it never expires', expiresAt: undefined, urgent: false, dead: false },
    { label: 'a normal move ends before it expires', expiresAt: NOW + MOVE + 1, urgent: false, dead: false },
    {
      label: 'it expires just before a normal move ends',
      expiresAt: NOW + MOVE - 1,
      urgent: true,
      dead: false,
    },
    { label: 'it is in its last millisecond', expiresAt: NOW + 1, urgent: true, dead: false },
    { label: 'it expires now', expiresAt: NOW, urgent: true, dead: true },
  ])('hurry with an earlier one as $label', ({ expiresAt, urgent, dead }) => {
    const inventory = inventoryOf(FAR, { carried: [known('key-0', expiresAt)] });

    expect(taskOf({ inventory, fleet: fleetWith(['key-0']) })).toMatchObject({
      kind: 'move',
      urgent,
      dead,
    });
  });

  it('are moved whoever wrote the current one, also where that is due', () => {
    const inventory = inventoryOf(NOW + DAY, { carried: [known('key-0', FAR)] });

    expect(taskOf({ inventory, settings: EXTERNAL, fleet: fleetWith(['key-0']) })).toMatchObject({
      kind: 'move',
    });
  });

  it('go back to what most of them have, not to a version that nobody has', () => {
    const wrong = version('key-0b', FAR);
    const inventory = inventoryOf(FAR, {
      previous: wrong,
      carried: [known('key-a', FAR), known('key-b', FAR), known('key-c', FAR, { closed: true })],
    });
    const fleet = fleetWith(['key-a', 'key-b', 'key-b', 'key-c', 'key-c', 'key-c']);

    expect(taskOf({ inventory, fleet })).toMatchObject({
      from: version('key-b', FAR),
      urgent: false,
      dead: false,
    });
  });

  it('are dead where every one of them has what works no more', () => {
    const carried = [known('key-a', NOW - 1), known('key-b', FAR)];
    const task = (ids: string[]) =>
      taskOf({ inventory: inventoryOf(FAR, { carried }), fleet: fleetWith(ids) });

    expect(task(['key-a', 'key-a'])).toMatchObject({ dead: true, urgent: true });
    expect(task(['key-a', 'key-b'])).toMatchObject({
      dead: false,
      urgent: true,
      from: version('key-b', FAR),
    });
  });

  it.each([
    { label: 'others have it after its commit', more: { committed: 'KEY-1', fleet: fleetWith(['key-0']) } },
    {
      label: 'access is proven with it somewhere',
      more: { fleet: { ...fleetWith(['key-1', 'key-0']), proven: ['KEY-1'] } },
    },
  ])('only go forward where $label', ({ more }) => {
    expect(taskOf({ inventory, ...more })).toMatchObject({ kind: 'move', committed: true });
  });

  it('may go back where nobody has it yet, or it had to go back', () => {
    const went = { ...PIN, secretVersion: 'version-of-key-1' };

    expect(taskOf({ inventory, fleet: fleetWith(['key-0']) })).not.toHaveProperty('committed');
    expect(taskOf({ inventory, fleet: fleetWith(['key-1', 'key-0']) })).not.toHaveProperty('committed');
    const proven = { ...fleetWith(['key-1', 'key-0']), proven: ['key-1'] };
    expect(taskOf({ inventory, fleet: proven, pinned: went })).not.toHaveProperty('committed');
  });
});

const PIN = {
  use: version('key-0', FAR),
  insteadOf: 'key-1',
  secretVersion: 'version-of-key-1',
  code: 'pilotFailed' as const,
  since: iso(NOW - 3 * HOUR),
  until: iso(NOW + HOUR),
};

describe('what failed lately', () => {
  const failures = {
    count: 3,
    lastAt: NOW - HOUR,
    code: 'pilotFailed' as const,
    secretVersion: 'version-of-key-1',
  };
  const behind = (expiresAt = FAR) => ({
    inventory: inventoryOf(FAR, { carried: [known('key-0', expiresAt)] }),
    settings: EXTERNAL,
    fleet: fleetWith(['key-0', 'key-0']),
    failures,
    pinned: PIN,
  });

  it('rests, and says what the runtimes have, why, and when it is tried again', () => {
    const decision = decideTask(found(behind()));

    expect(decision).toMatchObject({ kind: 'resting', notBefore: iso(NOW + 3 * HOUR), expiring: false });
    for (const word of ['2 have key-0', iso(FAR), 'key-1', 'pilotFailed', iso(NOW + 3 * HOUR)])
      expect('why' in decision && decision.why).toContain(word);
  });

  it.each([
    { label: 'after the pause', more: { now: NOW + 3 * HOUR } },
    { label: 'where a person asks', more: { asked: true } },
    {
      label: 'where the version was corrected',
      more: {
        inventory: {
          current: { ...known('key-1', FAR), secretVersion: 'corrected' },
          carried: [known('key-0', FAR)],
        },
      },
    },
    {
      label: 'where another version is current',
      more: { failures: { ...failures, secretVersion: 'older' } },
    },
    {
      label: 'where what they have has become urgent',
      more: { inventory: inventoryOf(FAR, { carried: [known('key-0', NOW + MOVE)] }) },
    },
    {
      label: 'where what they have is dead',
      more: { inventory: inventoryOf(FAR, { carried: [known('key-0', NOW)] }) },
    },
  ])('is tried again $label', ({ more }) => {
    expect(taskOf({ ...behind(), ...more })).toMatchObject({ kind: 'move' });
  });

  it('does not hide that what the runtimes have is due', () => {
    const { inventory } = behind(NOW + ROTATE_BEFORE);

    expect(decideTask(found({ ...behind(), inventory }))).toMatchObject({ kind: 'resting', expiring: true });
  });

  it('does not keep the app from minting where what the runtimes have is due', () => {
    const { inventory } = behind(NOW + ROTATE_BEFORE);
    const task = taskOf({ ...behind(), inventory, settings: SETTINGS, asked: true });

    expect(task).toMatchObject({ kind: 'mint', from: version('key-0', NOW + ROTATE_BEFORE) });
  });
});

describe('a credential that somebody else writes', () => {
  it.each([
    { label: 'is well before it is due', inventory: at(ROTATE_BEFORE + 1), force: false, expiring: false },
    {
      label: 'nears its end exactly when it is due',
      inventory: at(ROTATE_BEFORE),
      force: false,
      expiring: true,
    },
    { label: 'has ended', inventory: at(0), force: false, expiring: true },
    { label: 'is not minted, whoever asks', inventory: at(ROTATE_BEFORE + 1), force: true, expiring: false },
  ])('$label', ({ inventory, force, expiring }) => {
    expect(decideTask(found({ inventory, force, settings: EXTERNAL }))).toMatchObject({
      kind: 'nothing',
      expiring,
    });
  });
});

describe('keys that are left over', () => {
  it.each([
    { label: 'was found to hold', more: { found: { keyId: 'key-0', recorded: true } } },
    { label: 'could hold', more: { couldBe: ['key-0', 'key-x'] } },
  ])('are not those that the current version, which names none, $label', ({ more }) => {
    const { current, keys = [], ...rest } = inventoryOf(FAR);
    const { tagged: _, ...version } = current;
    const inventory = {
      ...rest,
      current: { ...version, credentialId: 'v1', tagged: false, ...more },
      keys: [...keys, { keyId: 'key-0', displayName: OURS, endsOn: new Date(FAR).toISOString() }],
    };
    const fleet = fleetWith(['v1', 'v1']);

    expect(decideTask(found({ inventory, fleet })).kind).toBe('nothing');
    const other = { ...inventory, current: { ...version, credentialId: 'v1', tagged: false } };
    expect(decideTask(found({ inventory: other, fleet }))).toMatchObject({ task: { removable: ['key-0'] } });
  });

  const keys = [key('key-1', FAR, OURS), key('key-2', FAR, OURS)];
  it.each([
    {
      label: 'of our label that nobody has',
      more: { inventory: inventoryOf(FAR, { keys }) },
      removable: ['key-2'],
    },
    { label: 'that are outstanding', more: { debts: [debt('key-3')] }, removable: ['key-3'] },
    {
      label: 'that are outstanding and have our label, once',
      more: { inventory: inventoryOf(FAR, { keys }), debts: [debt('key-2')] },
      removable: ['key-2'],
    },
    {
      label: 'that are outstanding, whoever has them',
      more: { fleet: fleetWith(['key-1'], ['key-3']), debts: [debt('key-3')] },
      removable: ['key-3'],
    },
  ])('$label are removed', ({ more, removable }) => {
    const task = taskOf(more);

    expect(task).toMatchObject({ kind: 'cleanUp', to: version('key-1', FAR), urgent: false, dead: false });
    expect(task.removable).toEqual(removable);
    expect(task.to).not.toHaveProperty('tagged');
  });

  it.each([
    { label: 'that a runtime has', more: { fleet: fleetWith(['key-1'], ['KEY-2']) } },
    { label: 'that a runtime may have', more: { fleet: fleetWith(['key-1'], [UNREADABLE]) } },
    {
      label: 'that everybody reads',
      more: { inventory: inventoryOf(FAR, { keys: [key('KEY-1', FAR, OURS)] }), debts: [debt('KEY-1')] },
    },
    {
      label: 'that somebody else made',
      more: { inventory: inventoryOf(FAR, { keys: [key('key-1', FAR), key('key-2', FAR, 'by hand')] }) },
    },
    {
      label: 'without a name',
      more: { inventory: inventoryOf(FAR, { keys: [key('key-1', FAR), key('key-2', FAR)] }) },
    },
    {
      label: 'where only a runtime is outstanding',
      more: { inventory: inventoryOf(FAR), debts: [debt('key-2', { kind: 'moveRuntime' })] },
    },
  ])('$label are not', ({ more }) => {
    expect(decideTask(found({ inventory: inventoryOf(FAR, { keys }), ...more }))).toMatchObject({
      kind: 'nothing',
    });
  });

  it('of our label go also where a runtime names none: the app writes it with the value', () => {
    expect(
      taskOf({ inventory: inventoryOf(FAR, { keys }), fleet: fleetWith(['key-1', null]) }).removable,
    ).toEqual(['key-2']);
  });

  it('go with the next rotation and the next move', () => {
    const debts = [debt('key-3')];
    const behind = { inventory: inventoryOf(FAR, { keys }), fleet: fleetWith(['key-1', 'key-0']), debts };

    expect(taskOf({ ...behind, force: true })).toMatchObject({ kind: 'mint' });
    expect(taskOf({ ...behind, force: true }).removable).toEqual(['key-1', 'key-3', 'key-2']);
    expect(taskOf(behind)).toMatchObject({ kind: 'move' });
    expect(taskOf(behind).removable).toEqual(['key-3', 'key-2']);
  });

  it('are never the current one, nor one that a runtime keeps or may have, unless it is outstanding', () => {
    const ids = ['key-1', 'key-2', 'key-3', 'key-4'];
    const carried = fc.array(fc.constantFrom(...ids, 'KEY-2', UNREADABLE, null), { maxLength: 4 });
    const labels = fc.constantFrom(undefined, 'by hand', OURS);
    const directory = fc.array(fc.tuple(fc.constantFrom(...ids, 'KEY-3'), labels), { maxLength: 6 });
    const outstanding = fc.subarray(ids);
    fc.assert(
      fc.property(carried, carried, directory, outstanding, (inside, outside, listed, debts) => {
        const keys = listed.map(([id, label]) => key(id, FAR, label));
        const decision = decideTask(
          found({
            inventory: inventoryOf(FAR, { tagged: false, keys }),
            fleet: fleetWith(inside, outside),
            debts: debts.map((what) => debt(what)),
          }),
        );
        const removable = decision.kind === 'task' ? decision.task.removable : [];
        const has = [...inside, ...outside].map((id) => id?.toLowerCase());
        for (const id of removable) {
          expect(id.toLowerCase()).not.toBe('key-1');
          if (debts.includes(id)) continue;
          expect(keys.some(({ keyId, displayName }) => keyId === id && displayName === OURS)).toBe(true);
          // What runtimes are moved away from: the removal asks again who has it.
          const left = decision.kind === 'task' && decision.task.kind === 'move' && inside.some(isId(id));
          if (left) continue;
          expect(has).not.toContain(id.toLowerCase());
          expect(has).not.toContain(UNREADABLE);
        }
        expect(new Set(removable).size).toBe(removable.length);
        for (const id of debts.filter((one) => one !== 'key-1')) expect(removable).toContain(id);
      }),
    );
  });
});

function isId(id: string): (other: string | null) => boolean {
  return (other) => other?.toLowerCase() === id.toLowerCase();
}

describe('a credential outlives a return', () => {
  const RETURN_SECONDS = 3600;
  const back = NOW + RETURN_SECONDS * SECOND;
  it.each([
    { label: 'if it expires after it', version: version('key-1', back + 1), lives: true },
    { label: 'not if it expires as it ends', version: version('key-1', back), lives: false },
    { label: 'if it never expires', version: version('key-1'), lives: true },
    {
      label: 'not if nobody can read its expiry',
      version: { ...version('key-1'), expiresOn: 'soon' },
      lives: false,
    },
    { label: 'not if nobody knows it', version: undefined, lives: false },
  ])('$label', ({ version, lives }) => {
    expect(outlives(version, NOW, RETURN_SECONDS)).toBe(lives);
  });
});
