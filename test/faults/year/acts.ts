/** What happens in the year besides the app's own work: drawn from a seed, in order. */
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { hideKeys } from '../others.js';
import { edit } from '../portal.js';
import { MINTED, PREFIXES } from './config.js';
import type { Random } from './random.js';
import type { World } from './world.js';

export interface Act {
  /** Days since the beginning. */
  readonly day: number;
  readonly says: string;
  /** The credential that somebody writes. */
  readonly writes?: string;
  happen(world: World): Promise<void>;
}

/** What somebody has to hear of between two days, by an event. */
export interface ToBeTold {
  readonly from: number;
  readonly to: number;
  readonly what: string;
}

export interface Year {
  readonly acts: readonly Act[];
  readonly toBeTold: readonly ToBeTold[];
  /** The gate that opens on or after this day is answered only when it is too late. */
  readonly lateApprovalFrom: number;
}

/** Functions under which the language worker dies, most of them a rotation's. */
const DEATHS: readonly (readonly [kind: string, name: string])[] = [
  ['activity', 'mintCredential'],
  ['activity', 'proveVersion'],
  ['activity', 'applySettings'],
  ['activity', 'commitCredential'],
  ['activity', 'removeKey'],
  ['activity', 'surveyProfile'],
  ['orchestrator', ' rotateCredential '],
  ['orchestrator', ' moveGroup '],
  ['orchestrator', ' runtimeRun '],
  ['orchestrator', ' awaitOverlap '],
  ['orchestrator', ' checkAccess '],
  ['orchestrator', ' sweep '],
];

/** Draws a year. Credentials of 90 days are due on day 60, and every 60 days from then on. */
export function drawYear(random: Random): Year {
  const acts: Act[] = [];
  const add = (day: number, says: string, happen: Act['happen']) => acts.push({ day, says, happen });
  const fault = (day: number, says: string, one: NewFault) =>
    add(day, says, async ({ client }) => {
      await client.addFault(one);
    });

  const away = random.between(57, 63);
  fault(away, 'Graph is away for six days', {
    id: 'graph',
    match: { service: 'graph' },
    action: { kind: 'drop' },
  });
  add(away + 6, 'Graph is back', ({ client }) => client.removeFault('graph'));

  const broken = random.between(112, 122);
  const pilot = (world: World) => world.names(PREFIXES.minted)[0] ?? '';
  let brokenOne = '';
  add(broken, 'the check of the first runtime by id is broken, for sixty days', async (world) => {
    brokenOne = pilot(world);
    await world.client.setAirflow(brokenOne, { dags: { airlock_check: { missing: true } } });
  });
  add(broken + 60, 'that check is mended', async ({ client }) => {
    await client.setAirflow(brokenOne, { dags: { airlock_check: { missing: false } } });
  });

  const lag = random.between(176, 182);
  const lagSeconds = Math.round(random.between(600, 2400));
  add(lag, `lists of the directory lag ${lagSeconds} s, for twenty days`, ({ client }) =>
    client.setReadLag(lagSeconds),
  );
  add(lag + 20, 'the directory is quick again', ({ client }) => client.setReadLag(0));
  for (let count = 0; count < 6; count++) {
    const which = random.pick(['newest', 'all'] as const);
    add(
      random.between(lag, lag + 20),
      `the directory does not list ${which === 'all' ? 'any key' : 'the newest key'} for 50 minutes`,
      ({ client }) => hideKeys(client, which, 3000),
    );
  }

  DEATHS.forEach(([kind, name], index) => {
    const day = ((index + random.next()) * 345) / DEATHS.length + 5;
    const place = kind === 'orchestrator' ? 'before' : random.pick(['before', 'after']);
    fault(day, `the worker will die ${place} ${name.trim()}`, {
      match: { service: 'host', operation: `${place}-${kind}`, subject: name },
      action: { kind: 'workerGone' },
      times: 1,
      skip: Math.floor(random.between(0, kind === 'orchestrator' ? 12 : 3)),
    });
  });
  const child = random.pick([' runtimeRun ', ' moveGroup ', ' proveInARow ']);
  fault(random.between(236, 239), `somebody will terminate a ${child.trim()}`, {
    match: { service: 'host', operation: 'before-orchestrator', subject: child },
    action: { kind: 'terminate' },
    times: 1,
    skip: Math.floor(random.between(0, 6)),
  });

  acts.push({
    day: random.between(205, 225),
    says: 'a person writes the next version of the minted credential',
    writes: MINTED.secret,
    happen: (world) => world.writeVersion(MINTED),
  });
  addPeople(add, random);
  return {
    acts: acts.sort((one, other) => one.day - other.day),
    toBeTold: [
      { from: broken, to: broken + 30, what: 'the broken check of a runtime' },
      { from: away, to: away + 6, what: 'that Graph is away while a rotation is due' },
    ],
    lateApprovalFrom: 100,
  };
}

/** Runtimes come and go, and somebody changes one by hand now and then. */
function addPeople(add: (day: number, says: string, happen: Act['happen']) => void, random: Random): void {
  for (let count = 0; count < 12; count++) {
    const prefix = random.pick(Object.values(PREFIXES));
    const day = random.between(10, 350);
    const place = random.next();
    add(day, `a runtime of ${prefix} is deleted, and a new one made`, async (world) => {
      const names = world.names(prefix);
      // Not the first by id, which has a story of its own.
      const name = names[1 + Math.floor(place * (names.length - 1))];
      if (name !== undefined) await world.remove(name);
      await world.create(prefix);
    });
  }
  for (let count = 0; count < 6; count++) {
    const place = random.next();
    const value = `team-${Math.floor(random.between(1, 1000))}`;
    add(random.between(10, 350), 'somebody changes a variable of a runtime', async (world) => {
      const names = world.names();
      const name = names[Math.floor(place * names.length)];
      if (name === undefined) return;
      await edit(world.client, name, (variables) => {
        variables.TEAM = value;
      });
    });
  }
}
