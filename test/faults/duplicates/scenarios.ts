/** All scenarios of messages that come twice. */
import { enabling } from './enablementScenarios.js';
import { expiring, external, untagged } from './externalScenarios.js';
import { rotating, straggling, throttled } from './rotationScenarios.js';
import type { DuplicateScenario } from './scenario.js';
import { observing, sweeping, unsent } from './sweepScenarios.js';

export const SCENARIOS: readonly DuplicateScenario[] = [
  enabling,
  rotating,
  throttled,
  straggling,
  external,
  expiring,
  untagged,
  sweeping,
  observing,
  unsent,
];
