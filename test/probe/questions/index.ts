/** Every question that can be put to the real durable extension. */
import type { Question } from '../question.js';
import { CHILDREN } from './children.js';
import { CONTROL } from './control.js';
import { ENTITIES } from './entities.js';
import { EVENT_GRID } from './eventGrid.js';
import { EVENTS } from './events.js';
import { FAILURES } from './failures.js';
import { IDS } from './ids.js';
import { NON_DETERMINISM } from './nonDeterminism.js';
import { PAYLOAD } from './payload.js';
import { STATUS } from './status.js';
import { TASKS } from './tasks.js';
import { TIME } from './time.js';
import { TIMEOUTS } from './timeouts.js';
import { VALUES } from './values.js';
import { VERSIONS } from './versions.js';
import { WORKERS } from './workers.js';

export const QUESTIONS: readonly Question[] = [
  ...PAYLOAD,
  ...VALUES,
  ...TIME,
  ...STATUS,
  ...FAILURES,
  ...TASKS,
  ...CHILDREN,
  ...EVENTS,
  ...ENTITIES,
  ...CONTROL,
  ...IDS,
  ...NON_DETERMINISM,
  ...WORKERS,
  ...EVENT_GRID,
  ...VERSIONS,
  ...TIMEOUTS,
];
