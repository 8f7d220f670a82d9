import { ORCHESTRATIONS } from '../domain/runs/runs.js';
import { awaitRuntime } from './awaitRuntime.js';
import type { SUB_ORCHESTRATIONS } from './calls.js';
import { checkAccess } from './checkAccess.js';
import { partOfARun } from './children.js';
import type { OrchestrationContext } from './durable.js';
import type { Flow } from './flow.js';
import { awaitDrained, awaitMoment } from './maintenance.js';
import { preflight } from './preflight.js';
import { profileRun } from './profileRun.js';
import { retryActivity } from './retryActivity.js';
import { moveGroup } from './rotation/moveGroup.js';
import { proveInARow } from './rotation/proveInARow.js';
import { rotateCredential } from './rotation/rotateCredential.js';
import { awaitGate, awaitOverlap } from './rotation/waits.js';
import { runtimeRun } from './runtimeRun.js';
import { sweep } from './sweep/sweep.js';

type Orchestration = (context: OrchestrationContext) => Flow<unknown>;

/** What only other orchestrations start. */
const PARTS: Readonly<Record<keyof typeof SUB_ORCHESTRATIONS, Orchestration>> = {
  retryActivity,
  awaitRuntime,
  checkAccess,
  awaitMoment,
  awaitDrained,
  moveGroup,
  proveInARow,
  awaitGate,
  awaitOverlap,
};

/** Every orchestration of the app, by its name. */
export const ALL_ORCHESTRATIONS: Readonly<Record<string, Orchestration>> = {
  [ORCHESTRATIONS.runtimeRun]: runtimeRun,
  [ORCHESTRATIONS.profileRun]: profileRun,
  [ORCHESTRATIONS.rotateCredential]: rotateCredential,
  [ORCHESTRATIONS.sweep]: sweep,
  [ORCHESTRATIONS.preflight]: preflight,
  ...Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, partOfARun(name, part)])),
};
