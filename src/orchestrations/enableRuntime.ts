import { standingOf } from '../domain/records/proofs.js';
import type { Plan } from '../domain/runs/plan.js';
import { runtimeStateUnknown } from '../domain/runs/runProblems.js';
import { learned } from '../domain/settings/shownSettings.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { patiently } from './calls.js';
import { type Flow, nowMs } from './flow.js';
import { type Inspected, inspect } from './inspect.js';
import { acquireLease, recordOf } from './leasing.js';
import {
  end,
  endConflict,
  endProblem,
  endReported,
  endStopped,
  endUnsettled,
  type Look,
  type LookEnd,
} from './look.js';
import { awaitMaintenance } from './maintenance.js';
import { ensureCanary, proveAccess } from './proveAccess.js';
import { endOfWait, waitForRuntime } from './waitForRuntime.js';
import { writeSettings } from './writeSettings.js';

/** Enables a runtime, step by step as the documented procedure has it, and proves the result. */
export function* enableRuntime(look: Look): Flow<LookEnd> {
  const found = yield* inspect(look, 'enable');
  if (!('kind' in found)) return found;
  const ended = yield* enableInspected(look, found);
  return {
    learned: learned(ended.plan ?? found.plan, ended.changed, found.runtime.seen),
    ...(takesOver(look, found.runtime) && ended.outcome !== 'cancelled' ? { lookedAfter: true } : {}),
    ...ended,
  };
}

/** Whether the app looks after the runtime from now on: it was not there first, or a person wants it. */
function takesOver({ asked }: Look, { onlyReported }: InspectedRuntime): boolean {
  return onlyReported === undefined || (onlyReported === 'existing' && asked === 'person');
}

/** Whether nothing is to be written to the runtime in this look. */
function onlyReports({ asked }: Look, { onlyReported }: InspectedRuntime): boolean {
  return onlyReported === 'existing'
    ? asked === undefined
    : onlyReported !== undefined && asked !== 'rotation';
}

function* enableInspected(look: Look, found: Inspected): Flow<LookEnd> {
  const { context, progress, holder } = look;
  const { runtime, plan } = found;
  const known: Partial<LookEnd> = { profile: runtime.profile, plan };

  if (runtime.onlyReported && runtime.phase !== 'deleting' && onlyReports(look, runtime)) {
    return endReported(look, runtime.onlyReported, runtime.profile, plan);
  }
  if (plan.conflicts.length > 0) return endConflict(look, runtime.profile, plan);
  if (runtime.phase === 'deleting') return end(look, 'gone', 'The runtime is being deleted.', known);
  const { knownProof } = look;
  const standing = standingOf(knownProof, plan.fingerprint, runtime.proveEverySeconds, nowMs(context));
  if (!plan.changes && knownProof && standing === 'holds' && runtime.phase !== 'failed') {
    const when = knownProof.provenAt;
    return end(look, 'alreadyEnabled', `Nothing to change; access was proven at ${when}.`, known);
  }
  if (!plan.changes && look.failedFingerprint === plan.fingerprint && runtime.phase === 'ready') {
    return end(look, 'checkFailed', 'Nothing has changed since the check failed.', known);
  }

  if (plan.changes) {
    const ready = yield* awaitMaintenance(look, runtime);
    if (ready === 'lookAgain' || ready === 'drained') {
      return yield* enableRuntime(afterWaiting(look, ready === 'drained'));
    }
    if (ready !== 'ready') return ready;
  }

  progress.begin('take the lease');
  const held = yield* acquireLease(context, { ...holder, record: recordOf(holder) }, plan.changes);
  if (!held) return endStopped(look, 'lost', known);
  return yield* changeAndProve({ ...look, holder: { ...holder, leased: true } }, found);
}

/** The next look, after a wait: what was seen before it may have changed. */
function afterWaiting(look: Look, drained: boolean): Look {
  return {
    ...look,
    label: `${look.label}w`,
    ...(drained ? { drained } : {}),
    ...(look.asked ? {} : { asked: 'profile' }),
  };
}

function* changeAndProve(look: Look, { runtime, plan }: Inspected): Flow<LookEnd> {
  const known: Partial<LookEnd> = { profile: runtime.profile, plan };

  if (runtime.phase === 'failed') {
    const name = displayRuntime(look.runtime);
    const ended = runtime.ended ?? runtimeStateUnknown(name, runtime.state, runtime.words);
    return endProblem(look, 'notReady', ended, known);
  }
  if (runtime.phase === 'waiting' || runtime.phase === 'stalled') {
    look.progress.begin('wait until the runtime can be changed');
    const waited = yield* waitForRuntime(look, runtime, runtime.limits.changeableSeconds, {
      purpose: 'changeable',
    });
    const ended = endOfWait(look, waited, runtime, runtime.limits.changeableSeconds, known);
    if (ended) return ended;
  }

  const unproven = yield* beforeWrite(look, runtime, plan);
  if (unproven) return { ...unproven, ...known };
  const broken = look.proveFirst && plan.changes ? yield* proveAsItIs(look, runtime, plan) : undefined;
  if (broken) return broken;

  const written = yield* writeSettings(look, runtime, plan);
  if ('outcome' in written) return written;
  const after: Partial<LookEnd> = { profile: runtime.profile, plan: written.plan, changed: written.changed };

  let webUrl = runtime.webUrl;
  if (written.changed) {
    look.progress.begin('wait until the runtime is ready');
    const waited = yield* waitForRuntime(look, runtime, runtime.limits.readySeconds, {
      purpose: 'ready',
      ...(written.operation === undefined ? {} : { operation: written.operation }),
    });
    const ended = endOfWait(look, waited, runtime, runtime.limits.readySeconds, after);
    if (ended) return ended;
    if (waited.kind === 'ready') webUrl = waited.look.webUrl ?? webUrl;
  }

  const notImported = yield* importDags(look, runtime);
  if (notImported) return { ...notImported, ...after };

  return yield* proveAccess(look, { ...runtime, ...(webUrl ? { webUrl } : {}) }, written.plan, {
    changed: written.changed,
    outcome: 'enabled',
    expectedMarker: written.plan.credential.credentialId,
  });
}

/** Access with what the runtime has. Returns the end of the look where it does not work. */
function* proveAsItIs(look: Look, runtime: InspectedRuntime, plan: Plan): Flow<LookEnd | undefined> {
  const before = yield* proveAccess({ ...look, label: `${look.label}-0` }, runtime, plan, {
    changed: false,
    outcome: 'accessProven',
    ...(runtime.marker === undefined ? {} : { expectedMarker: runtime.marker }),
  });
  return before.outcome === 'accessProven' ? undefined : before;
}

/**
 * The canary, and a token with the credential that reads it. What is to be written is proven in the moment of the write
 * (`applySettings`); where nothing is, the credential that the runtime has is asked about before its check.
 */
function* beforeWrite(
  look: Look,
  runtime: InspectedRuntime,
  { changes, credential }: Plan,
): Flow<LookEnd | undefined> {
  const { context, progress, holder } = look;
  progress.begin(changes ? 'make sure of the canary' : 'prove the credential');
  const noCanary = yield* ensureCanary(look, runtime);
  if (noCanary || changes || look.proven) return noCanary;
  const proven = yield* patiently(
    context,
    'proveCredential',
    {
      profile: runtime.profile,
      credential,
      ...(runtime.canary ? { canary: runtime.canary } : {}),
    },
    holder,
    `${look.label}-prove-${credential.secretVersion.slice(0, 8)}`,
  );
  if (proven.kind === 'refused') return endProblem(look, 'credentialRefused', proven.problem);
  if (proven.kind !== 'proven') return endUnsettled(look, proven);
  progress.note(
    `${credential.credentialId}: Entra accepts it${runtime.canary ? ' and the canary can be read with it' : ''}`,
  );
  return undefined;
}

function* importDags(look: Look, runtime: InspectedRuntime): Flow<LookEnd | undefined> {
  if (!runtime.importsDags) return undefined;
  look.progress.begin('import the DAG folder');
  const imported = yield* patiently(
    look.context,
    'importDags',
    { runtime: look.runtime, profile: runtime.profile },
    look.holder,
    `${look.label}-import`,
  );
  if (imported.kind !== 'accepted') return endUnsettled(look, imported);
  look.progress.note('accepted; the files appear in Airflow within minutes');
  return undefined;
}
