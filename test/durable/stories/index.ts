/** All stories. */
import { ENABLING } from './enabling.js';
import { INTERFERING } from './interfering.js';
import { kills } from './kills.js';
import { ROTATING } from './rotating.js';
import type { Story } from './story.js';
import { TWO_HOSTS } from './twoHosts.js';
import { WORKER_GONE } from './workerGone.js';

/** @param long with ten kills in each story of kills */
export function stories(long: boolean): readonly Story[] {
  return [...ENABLING, ...ROTATING, ...INTERFERING, ...TWO_HOSTS, ...WORKER_GONE, ...kills(long)];
}
