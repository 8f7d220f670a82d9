/** What a sweep tells: what it could not look at, and credentials that are late. What it starts tells of itself. */

import { isEmittedAsFailed } from '../../domain/events/ends.js';
import type { Problem } from '../../domain/problems/problem.js';
import { credentialLate } from '../../domain/rotation/lateness.js';
import { partRunId } from '../../domain/runs/instanceIds.js';
import type { RotationResult } from '../../domain/runs/rotations.js';
import { credentialSubject, profileSubject } from '../../domain/runs/runTargets.js';
import type { SweepResult } from '../../domain/sweep/sweep.js';
import { callWithRetry, type RunClaim } from '../calls.js';
import { instanceIdOf, type OrchestrationContext } from '../durable.js';
import { type Flow, nowMs } from '../flow.js';
import { notify, notifyExpiring } from '../notify.js';
import type { NamedCredential } from './sweeping.js';

/** Tells of a credential that could not be looked at, and of one that is late whatever was found. */
export function* emitCredentialEvents(
  context: OrchestrationContext,
  { name: credential, recordKey }: NamedCredential,
  { outcome, problem }: Pick<RotationResult, 'outcome' | 'problem'>,
): Flow<void> {
  const runId = instanceIdOf(context);
  const subject = credentialSubject(credential);
  if (problem && isEmittedAsFailed('rotation', outcome)) {
    yield* notify(context, {
      type: 'Airlock.RunFailed.v1',
      subject,
      data: { runId, target: credential, outcome, problem },
    });
  }
  // One that is up to date is not late; of one that nobody has replaced its own run tells.
  if (outcome === 'upToDate' || outcome === 'expiring') return;
  const now = nowMs(context);
  const claim: RunClaim = { runId, leased: false };
  const read = yield* callWithRetry(
    context,
    'readExpiry',
    { credential, now },
    claim,
    partRunId(runId, `expiry ${credential}`),
  );
  if (read.kind !== 'read' || !read.late || read.expiresOn === undefined) return;
  yield* notifyExpiring(context, recordKey, read.expiresOn, {
    type: 'Airlock.CredentialExpiring.v1',
    subject,
    data: { runId, credential, problem: credentialLate(credential, read.expiresOn, now) },
  });
}

/** Tells of a profile whose runtimes could not be looked at. */
export function emitProfileFailed(
  context: OrchestrationContext,
  profile: string,
  problem: Problem,
): Flow<void> {
  return notify(context, {
    type: 'Airlock.RunFailed.v1',
    subject: profileSubject(profile),
    data: { runId: instanceIdOf(context), target: profile, outcome: 'interrupted', problem },
  });
}

/** Tells of a sweep that did not come to its end. */
export function* emitSweepFailed(
  context: OrchestrationContext,
  { outcome, problem }: Pick<SweepResult, 'outcome' | 'problem'>,
): Flow<void> {
  if (!problem || !isEmittedAsFailed('sweep', outcome)) return;
  const data = { runId: instanceIdOf(context), target: 'everything', outcome, problem };
  yield* notify(context, { type: 'Airlock.RunFailed.v1', subject: 'sweep', data });
}
