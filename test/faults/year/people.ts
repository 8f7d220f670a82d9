/** What people do to the runtimes: they come and go, are changed by hand, break, and are hard to read. */

import { startRun } from '../../../local/demo/follow.js';
import { CLIENT_SECRET, MARKER_VARIABLE } from '../../../src/domain/settings/backendSettings.js';
import { comesBack, goesAway, otherHubMints, post } from '../others.js';
import { edit } from '../portal.js';
import { MINTED, PREFIXES } from './config.js';
import type { Random } from './random.js';
import type { YearEvent, YearEvents } from './yearEvents.js';

const HOUR = 3600;
const BROKEN_DAYS = 60;
const FAILED_DAYS = 3;

/** Runtimes come and go, and somebody changes one by hand now and then. */
export function changes(random: Random): YearEvents {
  const comeAndGo = Array.from({ length: 12 }, (): YearEvent => {
    const prefix = random.pick(Object.values(PREFIXES));
    const place = random.next();
    return {
      day: random.between(10, 350),
      description: `a runtime of ${prefix} is deleted, and a new one made`,
      apply: async (world) => {
        const names = world.names(prefix);
        // Not the first by id, which has a scenario of its own.
        const name = names[1 + Math.floor(place * (names.length - 1))];
        if (name !== undefined) await world.remove(name);
        await world.create(prefix);
      },
    };
  });
  const edits = Array.from({ length: 6 }, (): YearEvent => {
    const place = random.next();
    const value = `team-${Math.floor(random.between(1, 1000))}`;
    return {
      day: random.between(10, 350),
      description: 'somebody changes a variable of a runtime',
      apply: async (world) => {
        const names = world.names();
        const name = names[Math.floor(place * names.length)];
        if (name === undefined) return;
        await edit(world.client, name, (variables) => {
          variables['TEAM'] = value;
        });
      },
    };
  });
  return { events: [...comeAndGo, ...edits, ...carriers(random), cancelled(random), written(random)] };
}

/** Runtimes outside every profile that have the credential and are hard to read, and a key of another task hub. */
function carriers(random: Random): YearEvent[] {
  return [
    {
      // The app has minted one by then: the other one's is named like it.
      day: random.between(72, 82),
      description: 'another app mints a key of the same credential',
      apply: ({ client }) => otherHubMints(client),
    },
    // Each before another rotation, and after the broken check: what is known to have a key would keep it for what is not.
    ...(
      [
        ['group', 235],
        ['unread', 187],
      ] as const
    ).map(
      ([by, from]): YearEvent => ({
        day: random.between(from, from + 15),
        description: `a runtime with the credential appears, whose list entry is hard to read (${by})`,
        apply: (world) => world.addOdd(by),
      }),
    ),
  ];
}

function written(random: Random): YearEvent {
  return {
    day: random.between(205, 225),
    description: 'a person writes the next version of the minted credential',
    apply: async (world, watch) => {
      await world.writeVersion(MINTED);
      await watch.fleetMoves.written(MINTED.secret);
    },
  };
}

/** A run over a profile that cannot list its runtimes is cancelled. */
function cancelled(random: Random): YearEvent {
  return {
    day: random.between(30, 50),
    description: 'somebody asks for the checks of a profile while Resource Manager is away, and cancels',
    apply: async ({ client }) => {
      await goesAway(client, 'arm');
      const id = await startRun(client, { action: 'check', profile: 'day' });
      await client.advance(120);
      await post(client, `/api/runs/${id}/cancel`, {});
      await client.advance(HOUR);
      await comesBack(client, 'arm');
    },
  };
}

/** What people break: the check of a runtime, the start of another, and one whose settings are from a back-up. */
export function damages(random: Random): YearEvents {
  const broken = random.between(112, 122);
  let brokenOne = '';
  const failing = random.between(150, 170);
  let failingOne = '';
  return {
    events: [
      {
        day: broken,
        description: 'the check of the first runtime by id is broken, for sixty days',
        apply: async (world, watch) => {
          brokenOne = world.names(PREFIXES.minted)[0] ?? '';
          await world.client.setAirflow(brokenOne, { dags: { airlock_check: { missing: true } } });
          watch.debts.broken(brokenOne);
        },
      },
      {
        day: broken + BROKEN_DAYS,
        description: 'that check is repaired',
        apply: async (world, watch) => {
          await world.client.setAirflow(brokenOne, { dags: { airlock_check: { missing: false } } });
          watch.debts.broken(brokenOne, await world.now());
        },
      },
      {
        day: failing,
        description: 'a new runtime is made that will not start with what the app writes',
        apply: async (world) => {
          failingOne = await world.create(PREFIXES.external);
          // Of its next start: the first one has begun.
          await world.client.setLifecycle({ outcome: 'failed' }, failingOne);
        },
      },
      {
        day: failing + FAILED_DAYS,
        description: 'it is deleted',
        apply: (world) => world.remove(failingOne),
      },
      {
        day: random.between(100, 110),
        description: 'a runtime that waits for windows gets the settings of a back-up, whose key has gone',
        apply: async (world, watch) => {
          const name = world.names(PREFIXES.windowed)[1];
          if (name === undefined) return;
          const { keyId, value } = world.firstMinted;
          await world.client.removePassword(MINTED.clientId, keyId);
          await watch.killed(name);
          await edit(world.client, name, (variables) => {
            variables[CLIENT_SECRET] = value;
            variables[MARKER_VARIABLE] = keyId;
          });
        },
      },
    ],
    expectedNotifications: [
      { from: broken, to: broken + BROKEN_DAYS / 2, what: 'the broken check of a runtime' },
      {
        from: failing,
        to: failing + FAILED_DAYS,
        what: 'a runtime that has failed with what the app wrote',
        about: () => failingOne,
      },
    ],
  };
}
