import * as df from 'durable-functions';
import { ORCHESTRATIONS } from '../domain/runs.js';
import { awaitRuntime } from './awaitRuntime.js';
import { SUB_ORCHESTRATIONS } from './calls.js';
import { checkAccess } from './checkAccess.js';
import { awaitDrained, awaitMoment } from './maintenance.js';
import { preflight } from './preflight.js';
import { profileRun } from './profileRun.js';
import { retryStep } from './retryStep.js';
import { moveGroup } from './rotation/moveGroup.js';
import { proveInARow } from './rotation/proveInARow.js';
import { rotateCredential } from './rotation/rotateCredential.js';
import { awaitGate, awaitOverlap } from './rotation/waits.js';
import { runtimeRun } from './runtimeRun.js';
import { sweep } from './sweep/sweep.js';

/** Registers the orchestrations with the Functions app. */
export function registerOrchestrations(): void {
  df.app.orchestration(ORCHESTRATIONS.runtimeRun, runtimeRun);
  df.app.orchestration(ORCHESTRATIONS.profileRun, profileRun);
  df.app.orchestration(ORCHESTRATIONS.rotateCredential, rotateCredential);
  df.app.orchestration(ORCHESTRATIONS.sweep, sweep);
  df.app.orchestration(ORCHESTRATIONS.preflight, preflight);
  df.app.orchestration(SUB_ORCHESTRATIONS.retryStep, retryStep);
  df.app.orchestration(SUB_ORCHESTRATIONS.awaitRuntime, awaitRuntime);
  df.app.orchestration(SUB_ORCHESTRATIONS.checkAccess, checkAccess);
  df.app.orchestration(SUB_ORCHESTRATIONS.awaitMoment, awaitMoment);
  df.app.orchestration(SUB_ORCHESTRATIONS.awaitDrained, awaitDrained);
  df.app.orchestration(SUB_ORCHESTRATIONS.moveGroup, moveGroup);
  df.app.orchestration(SUB_ORCHESTRATIONS.proveInARow, proveInARow);
  df.app.orchestration(SUB_ORCHESTRATIONS.awaitGate, awaitGate);
  df.app.orchestration(SUB_ORCHESTRATIONS.awaitOverlap, awaitOverlap);
}
