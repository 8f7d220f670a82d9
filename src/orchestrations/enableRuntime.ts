import type { InspectedRuntime } from '../domain/activities/runtimeActivities.js';
import { isJustProven, proofStatusOf } from '../domain/records/proofs.js';
import type { Plan } from '../domain/runs/plan.js';
import { runtimeStateUnknown } from '../domain/runs/runProblems.js';
import { learned, showsWrite } from '../domain/settings/shownSettings.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { callWithRetry } from './calls.js';
import { type Flow, nowMs } from './flow.js';
import { type Inspected, inspect } from './inspect.js';
import { acquireLease, recordOf } from './leasing.js';
import { awaitMaintenance } from './maintenance.js';
import {
  end,
  endConflict,
  endProblem,
  endReported,
  endStopped,
  endUnanswered,
  type Pass,
  type PassResult,
} from './pass.js';
import { ensureCanary, proveAccess } from './proveAccess.js';
import { endOfWait, waitForRuntime } from './waitForRuntime.js';
import { type Written, writeSettings } from './writeSettings.js';

/** Enables a runtime, step by step as the documented procedure has it, and proves the result. */
export function* enableRuntime(pass: Pass): Flow<PassResult> {
  const found = yield* inspect(pass, 'enable');
  if (!('kind' in found)) return found;
  const ended = yield* enableInspected(pass, found);
  return {
    learned: learned(ended.plan ?? found.plan, ended, found.runtime.seen),
    ...(takesOver(pass, found.runtime) && ended.outcome !== 'cancelled' ? { lookedAfter: true } : {}),
    ...ended,
  };
}

/** Whether the app looks after the runtime from now on: it was not there first, or a person wants it. */
function takesOver({ asked }: Pass, { onlyReported }: InspectedRuntime): boolean {
  return onlyReported === undefined || (onlyReported === 'existing' && asked === 'person');
}

/** Whether nothing is to be written to the runtime in this pass. */
function onlyReports({ asked }: Pass, { onlyReported }: InspectedRuntime): boolean {
  return onlyReported === 'existing'
    ? asked === undefined
    : onlyReported !== undefined && asked !== 'rotation';
}

function* enableInspected(pass: Pass, found: Inspected): Flow<PassResult> {
  const { context, progress, claim } = pass;
  const { runtime, plan } = found;
  const known: Partial<PassResult> = { profile: runtime.profile, plan };

  if (runtime.onlyReported && runtime.phase !== 'deleting' && onlyReports(pass, runtime)) {
    return endReported(pass, runtime.onlyReported, runtime.profile, plan);
  }
  if (plan.conflicts.length > 0) return endConflict(pass, runtime.profile, plan);
  if (runtime.phase === 'deleting') return end(pass, 'gone', 'The runtime is being deleted.', known);
  const { knownProof } = pass;
  const proofStatus = proofStatusOf(knownProof, plan.fingerprint, runtime.proveEverySeconds, nowMs(context));
  if (!plan.changes && knownProof && proofStatus === 'holds' && runtime.phase !== 'failed') {
    const when = knownProof.provenAt;
    return end(pass, 'alreadyEnabled', `Nothing to change; access was proven at ${when}.`, known);
  }
  if (!plan.changes && pass.failedFingerprint === plan.fingerprint && runtime.phase === 'ready') {
    return end(pass, 'checkFailed', 'Nothing has changed since the check failed.', known);
  }

  if (plan.changes) {
    const ready = yield* awaitMaintenance(pass, runtime);
    if (ready === 'inspectAgain' || ready === 'drained') {
      return yield* enableRuntime(afterWaiting(pass, ready === 'drained'));
    }
    if (ready !== 'ready') return ready;
  }

  progress.begin('take the lease');
  const held = yield* acquireLease(context, { ...claim, record: recordOf(claim) }, plan.changes);
  if (!held) return endStopped(pass, 'lost', known);
  return yield* changeAndProve({ ...pass, claim: { ...claim, leased: true } }, found);
}

/** The next pass, after a wait: what was seen before it may have changed. */
function afterWaiting(pass: Pass, drained: boolean): Pass {
  return {
    ...pass,
    label: `${pass.label}w`,
    ...(drained ? { drained } : {}),
    ...(pass.asked ? {} : { asked: 'profile' }),
  };
}

function* changeAndProve(pass: Pass, { runtime, plan }: Inspected): Flow<PassResult> {
  const known: Partial<PassResult> = { profile: runtime.profile, plan };

  if (runtime.phase === 'failed') {
    const name = displayRuntime(pass.runtime);
    const ended = runtime.ended ?? runtimeStateUnknown(name, runtime.state, runtime.words);
    return endProblem(pass, 'notReady', ended, known);
  }
  if (runtime.phase === 'waiting' || runtime.phase === 'stalled') {
    pass.progress.begin('wait until the runtime can be changed');
    const waited = yield* waitForRuntime(pass, runtime, runtime.limits.changeableSeconds, {
      purpose: 'changeable',
    });
    const ended = endOfWait(pass, waited, runtime, runtime.limits.changeableSeconds, known);
    if (ended) return ended;
  }

  const unproven = yield* beforeWrite(pass, runtime, plan);
  if (unproven) return { ...unproven, ...known };
  if (pass.proveFirst && plan.changes) {
    const broken = yield* proveAsItIs(pass, runtime, plan);
    if (broken) return broken;
  }

  const written = yield* writeSettings(pass, runtime, plan);
  if ('outcome' in written) return written;
  let after: Partial<PassResult> = {
    profile: runtime.profile,
    plan: written.plan,
    changed: written.changed,
  };

  let webUrl = runtime.webUrl;
  if (written.changed) {
    pass.progress.begin('wait until the runtime is ready');
    const since = nowMs(pass.context);
    const waited = yield* waitForRuntime(pass, runtime, runtime.limits.readySeconds, {
      purpose: 'ready',
      ...(written.operation === undefined ? {} : { operation: written.operation }),
    });
    const ended = endOfWait(pass, waited, runtime, runtime.limits.readySeconds, after);
    if (ended) return ended;
    after = { ...after, readyAfterMs: nowMs(pass.context) - since };
    if (waited.kind === 'ready') {
      webUrl = waited.status.webUrl ?? webUrl;
      if (isShown(waited.status, written)) after = { ...after, shown: true };
    }
  }

  const notImported = yield* importDags(pass, runtime);
  if (notImported) return { ...notImported, ...after };

  const proved = yield* proveAccess(pass, { ...runtime, ...(webUrl ? { webUrl } : {}) }, written.plan, {
    changed: written.changed,
    outcome: 'enabled',
    expectedMarker: written.plan.credential.credentialId,
  });
  return { ...after, ...proved };
}

function isShown(read: Parameters<typeof showsWrite>[0], { plan, wrote }: Written): boolean {
  return wrote !== undefined && showsWrite(read, { credentialId: plan.credential.credentialId, wrote });
}

/** Access with what the runtime has, unless it was proven a moment ago. Returns the end of the pass where it does not work. */
function* proveAsItIs(pass: Pass, runtime: InspectedRuntime, plan: Plan): Flow<PassResult | undefined> {
  if (provenJustNow(pass, runtime)) {
    pass.progress.logStep(`proven at ${pass.knownProof?.provenAt}`, 'check access');
    return undefined;
  }
  const before = yield* proveAccess({ ...pass, label: `${pass.label}-0` }, runtime, plan, {
    changed: false,
    outcome: 'accessProven',
    ...(runtime.marker === undefined ? {} : { expectedMarker: runtime.marker }),
  });
  return before.outcome === 'accessProven' ? undefined : before;
}

function provenJustNow({ claim, knownProof, context }: Pass, { marker }: InspectedRuntime): boolean {
  if (!claim.rotation || marker === undefined) return false;
  return isJustProven(knownProof, claim.rotation.runId, marker, nowMs(context));
}

/**
 * The canary, and a token with the credential that reads it. What is to be written is proven in the moment of the write
 * (`applySettings`); where nothing is, the credential that the runtime has is asked about before its check.
 */
function* beforeWrite(
  pass: Pass,
  runtime: InspectedRuntime,
  { changes, credential }: Plan,
): Flow<PassResult | undefined> {
  const { context, progress, claim } = pass;
  // A write makes sure of it itself; a proof that comes before needs it before.
  if (changes && !pass.proveFirst) return undefined;
  progress.begin(changes ? 'make sure that the canary is there' : 'prove the credential');
  const noCanary = yield* ensureCanary(pass, runtime);
  if (noCanary || changes || pass.proven) return noCanary;
  const proven = yield* callWithRetry(
    context,
    'proveCredential',
    {
      profile: runtime.profile,
      credential,
      ...(runtime.canary ? { canary: runtime.canary } : {}),
    },
    claim,
    `${pass.label}-prove-${credential.secretVersion.slice(0, 8)}`,
  );
  if (proven.kind === 'refused') return endProblem(pass, 'credentialRefused', proven.problem);
  if (proven.kind !== 'proven') return endUnanswered(pass, proven);
  progress.logStep(
    `${credential.credentialId}: Entra accepts it${runtime.canary ? ' and the canary can be read with it' : ''}`,
  );
  return undefined;
}

function* importDags(pass: Pass, runtime: InspectedRuntime): Flow<PassResult | undefined> {
  if (!runtime.importsDags) return undefined;
  pass.progress.begin('import the DAG folder');
  const imported = yield* callWithRetry(
    pass.context,
    'importDags',
    { runtime: pass.runtime, profile: runtime.profile },
    pass.claim,
    `${pass.label}-import`,
  );
  if (imported.kind !== 'accepted') return endUnanswered(pass, imported);
  pass.progress.logStep('accepted; the files appear in Airflow within minutes');
  return undefined;
}
