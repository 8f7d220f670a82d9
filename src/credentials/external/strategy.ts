import type { RotationStrategy } from '../strategy.js';

/** Somebody else writes the next version of the secret; the app gives it to the runtimes. */
export const EXTERNAL: RotationStrategy = {
  name: 'external',
  meaning: 'it moves the runtimes to what somebody else wrote',
  mints: false,
  // The app may have no permission in the directory.
  listsKeys: false,
  describeEnd: () => ({ status: 'ok' }),
  connect: async (to) => (await import('./leftKeys.js')).leftKeys(to),
};
