/** What happens in the year besides the app's own work: drawn from a seed, in order. */
import { deaths } from './host.js';
import type { ExpectedNotification } from './notifications.js';
import { changes, damages } from './people.js';
import type { Random } from './random.js';
import { outages } from './services.js';
import type { Watch } from './watch.js';
import type { World } from './world.js';

export interface YearEvent {
  /** Days since the beginning. */
  readonly day: number;
  readonly description: string;
  apply(world: World, watch: Watch): Promise<void>;
}

/** What happens, and what somebody has to be told because of them. */
export interface YearEvents {
  readonly events: readonly YearEvent[];
  readonly expectedNotifications?: readonly ExpectedNotification[];
}

/** Draws a year. Credentials of 90 days are due on day 60, and every 60 days from then on. */
export function drawYear(random: Random): Required<YearEvents> {
  const parts = [outages(random), damages(random), deaths(random), changes(random)];
  return {
    events: parts.flatMap(({ events }) => events).sort((one, other) => one.day - other.day),
    expectedNotifications: parts.flatMap(({ expectedNotifications = [] }) => expectedNotifications),
  };
}
