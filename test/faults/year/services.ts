/** What disturbs the services: one is away, one is behind, one refuses. */
import { comesBack, goesAway, hideKeys } from '../others.js';
import { MINTED } from './config.js';
import type { Random } from './random.js';
import type { YearEvent, YearEvents } from './yearEvents.js';

const LAG_DAYS = 20;
/** Four sweeps a day. */
const SWEEP_DAYS = 1 / 4;
const TEN_MINUTES_DAYS = 1 / 144;
const GRAPH_AWAY_DAYS = 6;
const NO_ACCESS_DAYS = 3;

/** The Graph away, its lists behind, and Airflow's identity without access for some days. */
export function outages(random: Random): YearEvents {
  const away = random.between(57, 63);
  const noAccess = random.between(85, 95);
  return {
    events: [
      {
        day: away,
        description: 'Graph is away for six days',
        apply: ({ client }) => goesAway(client, 'graph'),
      },
      {
        day: away + GRAPH_AWAY_DAYS,
        description: 'Graph is back',
        apply: ({ client }) => comesBack(client, 'graph'),
      },
      {
        day: noAccess,
        description: "somebody takes the vault's role from Airflow's identity, for three days",
        apply: async ({ client }) => {
          await client.setRole({ principal: MINTED.clientId, grant: false });
        },
      },
      {
        day: noAccess + NO_ACCESS_DAYS,
        description: 'the role is back',
        apply: async ({ client }) => {
          await client.setRole({ principal: MINTED.clientId, grant: true });
        },
      },
      ...lag(random),
    ],
    expectedNotifications: [
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
function lag(random: Random): YearEvent[] {
  const from = random.between(176, 182);
  const seconds = Math.round(random.between(600, 2400));
  return [
    {
      day: from,
      description: `lists of the directory lag ${seconds} s, for twenty days`,
      apply: ({ client }) => client.setReadLag(seconds),
    },
    {
      day: from + LAG_DAYS,
      description: 'the directory is quick again',
      apply: ({ client }) => client.setReadLag(0),
    },
    ...Array.from({ length: 6 }, () => {
      const which = random.pick(['newest', 'all'] as const);
      return {
        day: shortlyBeforeSweep(random.between(from, from + LAG_DAYS)),
        description: `the directory does not list ${which === 'all' ? 'any key' : 'the newest key'} for 50 minutes`,
        apply: ({ client }: Parameters<YearEvent['apply']>[0]) => hideKeys(client, which, 3000),
      };
    }),
  ];
}

/** Where a sweep falls into what lasts for less than an hour. */
function shortlyBeforeSweep(day: number): number {
  return Math.ceil(day / SWEEP_DAYS) * SWEEP_DAYS - TEN_MINUTES_DAYS;
}
