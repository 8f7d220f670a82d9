/** What happens in the year besides the app's own work: drawn from a seed, in order. */
import { deaths } from './host.js';
import { changes, damages } from './people.js';
import type { Random } from './random.js';
import { outages } from './services.js';
import type { ToBeTold, Watch } from './watch.js';
import type { World } from './world.js';

export interface Act {
  /** Days since the beginning. */
  readonly day: number;
  readonly says: string;
  happen(world: World, watch: Watch): Promise<void>;
}

/** Acts, and what somebody has to be told because of them. */
export interface Acts {
  readonly acts: readonly Act[];
  readonly toBeTold?: readonly ToBeTold[];
}

/** Draws a year. Credentials of 90 days are due on day 60, and every 60 days from then on. */
export function drawYear(random: Random): Required<Acts> {
  const parts = [outages(random), damages(random), deaths(random), changes(random)];
  return {
    acts: parts.flatMap(({ acts }) => acts).sort((one, other) => one.day - other.day),
    toBeTold: parts.flatMap(({ toBeTold = [] }) => toBeTold),
  };
}
