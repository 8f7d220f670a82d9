/** What befalls the services: one is away, one is behind, one refuses. */
import { comesBack, goesAway, hideKeys } from '../others.js';
import type { Act, Acts } from './acts.js';
import { MINTED } from './config.js';
import type { Random } from './random.js';

const LAG_DAYS = 20;
/** Four sweeps a day. */
const SWEEP_DAYS = 1 / 4;
const TEN_MINUTES_DAYS = 1 / 144;
const GRAPH_AWAY_DAYS = 6;
const NO_ACCESS_DAYS = 3;

/** The Graph away, its lists behind, and Airflow's identity without access for some days. */
export function outages(random: Random): Acts {
  const away = random.between(57, 63);
  const noAccess = random.between(85, 95);
  return {
    acts: [
      {
        day: away,
        says: 'Graph is away for six days',
        happen: ({ client }) => goesAway(client, 'graph'),
      },
      {
        day: away + GRAPH_AWAY_DAYS,
        says: 'Graph is back',
        happen: ({ client }) => comesBack(client, 'graph'),
      },
      {
        day: noAccess,
        says: "somebody takes the vault's role from Airflow's identity, for three days",
        happen: async ({ client }) => {
          await client.setRole({ principal: MINTED.clientId, grant: false });
        },
      },
      {
        day: noAccess + NO_ACCESS_DAYS,
        says: 'the role is back',
        happen: async ({ client }) => {
          await client.setRole({ principal: MINTED.clientId, grant: true });
        },
      },
      ...lag(random),
    ],
    toBeTold: [
      {
        from: away,
        to: away + GRAPH_AWAY_DAYS,
        what: 'that Graph is away while a rotation is due',
      },
      {
        from: noAccess,
        to: noAccess + NO_ACCESS_DAYS,
        what: 'that DAGs have no access any more',
      },
    ],
  };
}

/** Lists of the directory that are behind, and some that lack keys altogether. */
function lag(random: Random): Act[] {
  const from = random.between(176, 182);
  const seconds = Math.round(random.between(600, 2400));
  return [
    {
      day: from,
      says: `lists of the directory lag ${seconds} s, for twenty days`,
      happen: ({ client }) => client.setReadLag(seconds),
    },
    {
      day: from + LAG_DAYS,
      says: 'the directory is quick again',
      happen: ({ client }) => client.setReadLag(0),
    },
    ...Array.from({ length: 6 }, () => {
      const which = random.pick(['newest', 'all'] as const);
      return {
        day: shortlyBeforeSweep(random.between(from, from + LAG_DAYS)),
        says: `the directory does not list ${which === 'all' ? 'any key' : 'the newest key'} for 50 minutes`,
        happen: ({ client }: Parameters<Act['happen']>[0]) => hideKeys(client, which, 3000),
      };
    }),
  ];
}

/** Where a sweep falls into what lasts for less than an hour. */
function shortlyBeforeSweep(day: number): number {
  return Math.ceil(day / SWEEP_DAYS) * SWEEP_DAYS - TEN_MINUTES_DAYS;
}
