/** All scenarios. */
import { ENABLING } from './enabling.js';
import { INTERFERING } from './interfering.js';
import { kills } from './kills.js';
import { ROTATING } from './rotating.js';
import type { DurableScenario } from './scenario.js';
import { TWO_HOSTS } from './twoHosts.js';
import { WORKER_GONE } from './workerGone.js';

/** @param long with ten kills in each scenario of kills */
export function scenarios(long: boolean): readonly DurableScenario[] {
  return [...ENABLING, ...ROTATING, ...INTERFERING, ...TWO_HOSTS, ...WORKER_GONE, ...kills(long)];
}
