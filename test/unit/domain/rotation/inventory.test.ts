import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CarrierGroup, GROUP_SIZE, groupsIn } from '../../../../src/domain/rotation/carrierGroups.js';
import {
  countOutdated,
  countPossibleCarriers,
  describePossibleCarriers,
  fleetOf,
} from '../../../../src/domain/rotation/inventory.js';
import { UNREADABLE } from '../../../../src/domain/values/credentialVersion.js';
import { memberOf } from '../../../../src/domain/values/runtimeBatch.js';
import { canonicalRuntimeId, shortRuntime } from '../../../../src/domain/values/runtimeId.js';
import { anyCarriers, carrier, fleetWith } from './inventories.js';

const names = (count: number) => Array.from({ length: count }, (_, n) => `r${String(n).padStart(3, '0')}`);
const many = (count: number, factory = 'adf-one') =>
  names(count).map((name) => carrier(name, 'key-1', 'sales', { factory }));

/** The carriers that a group names. */
function membersOf(
  { members, batch }: CarrierGroup,
  credentials: readonly string[],
): { key: string; credentialId: string }[] {
  return members.map(([name, credential]) => ({
    key: canonicalRuntimeId(memberOf(batch, name)),
    credentialId: credentials[credential] ?? 'none',
  }));
}

describe('the groups of a fleet', () => {
  it('hold 40 runtimes each', () => {
    expect(GROUP_SIZE).toBe(40);
  });

  it.each([
    { carriers: 0, counts: [] },
    { carriers: 1, counts: [1] },
    { carriers: 39, counts: [39] },
    { carriers: 40, counts: [40] },
    { carriers: 41, counts: [40, 1] },
    { carriers: 80, counts: [40, 40] },
    { carriers: 81, counts: [40, 40, 1] },
  ])('of $carriers runtimes of one factory count $counts', ({ carriers, counts }) => {
    const { groups } = fleetOf(many(carriers).reverse());

    expect(groups.map(({ members }) => members.length)).toEqual(counts);
  });

  it('name each runtime with the credential that it has, each credential once', () => {
    const { groups, credentials } = fleetOf([
      carrier('b', 'key-2'),
      carrier('a', 'key-1'),
      carrier('c', null),
    ]);

    expect(credentials).toEqual(['key-1', 'key-2', '']);
    expect(groups[0]?.members).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('never span factories, and count places by subscription', () => {
    const other = '00000000-0000-0000-0000-00000000000b';
    const fleet = fleetOf([
      ...many(41),
      ...many(2, 'adf-two'),
      carrier('x', 'key-1', 'sales', { subscription: other, factory: 'adf-three' }),
    ]);

    expect(groupsIn(fleet).map(({ batch, members, place }) => [batch.names, members.length, place])).toEqual([
      ['adf-one/', 40, 0],
      ['adf-one/', 1, 40],
      ['adf-two/', 2, 41],
      ['adf-three/', 1, 0],
    ]);
  });

  it('cover every runtime of a profile exactly once and in order, whatever the fleet', () => {
    fc.assert(
      fc.property(anyCarriers, (carriers) => {
        const fleet = fleetOf(carriers);
        const { total, credentials } = fleet;
        const groups = groupsIn(fleet);
        const members = groups.flatMap((group) => membersOf(group, credentials));

        const inside = carriers
          .filter(({ profile }) => profile !== undefined)
          .map(({ key, credentialId = '' }) => ({ key, credentialId }))
          .sort((one, other) => (one.key < other.key ? -1 : 1));
        const sorted = [...members].sort((one, other) => (one.key < other.key ? -1 : 1));
        expect(sorted).toEqual(inside);
        expect(total).toBe(inside.length);
        for (const group of groups) expect(group.members.length).toBeLessThanOrEqual(GROUP_SIZE);
        const placed = new Map<string, number>();
        for (const { batch, members: some, place } of groups) {
          const [subscription = ''] = batch.key.split('/');
          const before = placed.get(subscription.toLowerCase()) ?? 0;
          expect(place).toBe(before);
          placed.set(subscription.toLowerCase(), before + some.length);
        }
      }),
    );
  });

  it('are the same in whatever order the runtimes are listed', () => {
    const shuffled = anyCarriers.chain((carriers) =>
      fc.tuple(fc.constant(carriers), fc.shuffledSubarray(carriers, { minLength: carriers.length })),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(fleetOf(other)).toEqual(fleetOf(one));
      }),
    );
  });
});

describe('the pilots of a fleet', () => {
  const carriers = [carrier('c'), carrier('b'), carrier('a', 'key-1', null)];
  it('are carriers of the profile, in the order in which they are given', () => {
    const { pilots } = fleetOf(carriers, { pilots: ['z', 'c', 'a', 'b'].map((name) => carrier(name).key) });

    expect(pilots.map(({ runtime }) => shortRuntime(runtime))).toEqual(['c', 'b']);
    expect(pilots[0]).not.toHaveProperty('key');
  });

  it('are nobody where nobody is given', () => {
    expect(fleetOf(carriers).pilots).toEqual([]);
  });
});

describe('carriers that no profile matches', () => {
  it('are counted and twenty are shown', () => {
    const { outside, total } = fleetOf(names(21).map((name) => carrier(name, 'key-1', null)));

    expect(total).toBe(0);
    expect(outside.count).toBe(21);
    expect(outside.some).toEqual(names(20).map((name) => carrier(name).key));
    expect(outside.byCredential).toEqual({ 'key-1': 21 });
  });
});

describe('how many runtimes', () => {
  const fleet = fleetWith(['key-1', 'KEY-1', 'key-2', null, UNREADABLE], ['key-1', null, UNREADABLE]);

  it.each([
    {
      label: 'the key of two here and one outside, or an unreadable one',
      id: 'key-1',
      unmarked: false,
      count: 5,
    },
    { label: 'one of those or none that is named', id: 'key-1', unmarked: true, count: 7 },
    { label: 'a key in another case', id: 'KEY-2', unmarked: false, count: 3 },
    { label: 'a key that nobody names', id: 'key-9', unmarked: false, count: 2 },
    { label: 'a key that those without a name may have', id: 'key-9', unmarked: true, count: 4 },
  ])('may have $label', ({ id, unmarked, count }) => {
    expect(countPossibleCarriers(fleet, id, unmarked)).toBe(count);
  });

  it.each([
    { label: 'those with another and those that tell none', id: 'key-1', count: 2 },
    { label: 'all of a profile that can be read, where it is a new one', id: 'key-9', count: 4 },
  ])('are behind: $label', ({ id, count }) => {
    expect(countOutdated(fleet, id)).toBe(count);
  });

  it('may have a key is never 0 for one that a runtime has or may have', () => {
    // A marker is whatever somebody wrote into a runtime, also a name that JavaScript knows.
    const id = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString'));
    const outside = fc.boolean();
    const others = fc.array(fc.option(id));
    fc.assert(
      fc.property(
        others,
        id,
        fc.constantFrom('same', 'unreadable', 'unmarked'),
        outside,
        (rest, wanted, how, out) => {
          const it = how === 'same' ? wanted : how === 'unreadable' ? UNREADABLE : null;
          const fleet = out ? fleetWith(rest, [it]) : fleetWith([...rest, it]);
          expect(countPossibleCarriers(fleet, wanted, how === 'unmarked')).toBeGreaterThan(0);
          expect(countPossibleCarriers(fleet, wanted.toUpperCase(), true)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('are behind is what is left of those that have it and of those that cannot be read', () => {
    fc.assert(
      fc.property(anyCarriers, (carriers) => {
        const have = carriers.filter(
          ({ profile, credentialId }) =>
            profile && (credentialId?.toLowerCase() === 'key-1' || credentialId === UNREADABLE),
        );
        const fleet = fleetOf(carriers);
        expect(fleet.total - countOutdated(fleet, 'key-1')).toBe(have.length);
      }),
    );
  });
});

describe('runtimes whose processes may have another credential than their settings name', () => {
  const unproven = { unproven: true } as const;
  const fleet = fleetOf([
    carrier('a', 'key-1'),
    { ...carrier('b', 'key-2'), ...unproven },
    { ...carrier('c', 'key-2'), ...unproven },
    carrier('d', 'key-1', null),
  ]);

  it.each([
    {
      label: 'the key that one has, one outside and two that are unproven',
      id: 'key-1',
      given: true,
      count: 4,
    },
    { label: 'the key that both of these are said to have, once each', id: 'KEY-2', given: true, count: 2 },
    { label: 'a key that nobody names', id: 'key-9', given: true, count: 2 },
    { label: 'a key that was never given to anybody', id: 'key-9', given: false, count: 0 },
    { label: 'a key that settings name, given or not', id: 'key-1', given: false, count: 2 },
  ])('may have $label', ({ id, given, count }) => {
    expect(countPossibleCarriers(fleet, id, true, given)).toBe(count);
  });

  it('are behind by what their settings name, so that they are moved like all others', () => {
    expect(countOutdated(fleet, 'key-1')).toBe(2);
    expect(countOutdated(fleet, 'key-2')).toBe(1);
  });

  it('are marked in their groups', () => {
    expect(fleet.groups.flatMap(({ members }) => members)).toEqual([
      ['a', 0],
      ['b', 1, 1],
      ['c', 1, 1],
    ]);
  });

  it('are named to people, beside those that have the key and those that nobody can read', () => {
    const told = describePossibleCarriers({ ...fleet, unread: { count: 1, some: ['odd'] } }, 'key-1');

    expect(told).toMatch(/^it is set in: [^;]*\/a; changed, and no answer since: [^;]*\/b, [^;]*\/c; /);
    expect(told).toMatch(/outside of every profile, or not enabled: [^;]*\/d; without a readable name: odd$/);
    expect(describePossibleCarriers(fleetOf([carrier('a', 'key-1')]), 'key-2')).toBe('');
  });
});
