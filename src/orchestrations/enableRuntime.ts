import { standingOf } from '../domain/records/proofs.js';
import type { Plan } from '../domain/runs/plan.js';
import { credentialRetiring, keepsChanging, runtimeEnded } from '../domain/runs/runProblems.js';
import { learned } from '../domain/settings/shownSettings.js';
import type { InspectedRuntime } from '../domain/steps/runtimeSteps.js';
import { displayRuntime } from '../domain/values/runtimeId.js';
import { type Holder, patiently } from './calls.js';
import { type Flow, nowMs, pause } from './flow.js';
import { type Inspected, inspect } from './inspect.js';
import { acquireLease } from './leasing.js';
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

const MAX_WRITES = 4;
/** Fewer than the writes, so that a refusal is told as one. */
const MAX_REFUSALS = 3;
const REFUSED_PAUSE_MS = 20_000;
/** How often the lease may not be seen that the record says it gave. */
const MAX_LOSSES = 3;

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

/** Whoever changes something has begun, and so has a record. */
function recordOf({ record }: Holder): NonNullable<Holder['record']> {
  if (!record) throw new Error('A run that holds nothing changes nothing.');
  return record;
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
    return endProblem(look, 'notReady', runtimeEnded(displayRuntime(look.runtime), runtime.state), known);
  }
  if (runtime.phase === 'waiting' || runtime.phase === 'stalled') {
    look.progress.begin('wait until the runtime can be changed');
    const waited = yield* waitForRuntime(look, runtime, runtime.limits.changeableSeconds, 'changeable');
    const ended = endOfWait(look, waited, runtime.limits.changeableSeconds, known);
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
    const waited = yield* waitForRuntime(look, runtime, runtime.limits.readySeconds, 'ready');
    const ended = endOfWait(look, waited, runtime.limits.readySeconds, after);
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

type Written = { readonly plan: Plan; readonly changed: boolean };

/** The plan that says what was written: a write whose answer was lost left nothing to plan. */
function planWritten(now: Plan, first: Plan): Plan {
  return now.changes || now.fingerprint !== first.fingerprint ? now : first;
}

/** Writes until the settings are there with the newest version of the credential. */
function* writeSettings(look: Look, runtime: InspectedRuntime, firstPlan: Plan): Flow<Written | LookEnd> {
  const { context, progress, holder } = look;
  let plan = firstPlan;
  const changed = false;
  let refusals = 0;
  let losses = 0;
  for (let turn = 1; turn <= MAX_WRITES; turn++) {
    progress.begin('write the settings');
    const applied = yield* patiently(
      context,
      'applySettings',
      {
        runtime: look.runtime,
        profile: runtime.profile,
        runId: holder.runId,
        look: recordOf(holder).look,
        seen: runtime.seen,
        ...(holder.parentRunId ? { parentRunId: holder.parentRunId } : {}),
        credential: plan.credential,
        given: look.credential !== undefined,
        ...(holder.rotation ? { rotationRunId: holder.rotation.runId } : {}),
        now: nowMs(context),
      },
      holder,
      `${look.label}-write${turn}`,
    );
    const known: Partial<LookEnd> = { profile: runtime.profile, plan, changed };
    switch (applied.kind) {
      case 'unchanged':
        progress.note('nothing to write');
        // A write whose answer was lost shows as "nothing to write" too: the restart it caused has to be waited for.
        return { plan: planWritten(applied.plan, firstPlan), changed: changed || firstPlan.changes };
      case 'written':
        progress.note(`proven and written: credential ${applied.plan.credential.credentialId}`);
        progress.showPlan(applied.plan);
        return { plan: applied.plan, changed: true };
      case 'outdated':
        progress.note(
          `${plan.credential.credentialId} is not what the runtime is to have by now: not written`,
        );
        if (!applied.newer) {
          return endProblem(look, 'interrupted', credentialRetiring(plan.credential.credentialId), known);
        }
        plan = { ...plan, credential: applied.newer };
        break;
      case 'unproven':
        progress.note(`not written: ${applied.problem.message}`);
        refusals++;
        // A key that a rotation has minted a moment ago is refused now and then until the directory has settled.
        if (!look.credential || refusals >= MAX_REFUSALS) {
          return endProblem(look, 'credentialRefused', applied.problem, known);
        }
        yield* pause(context, REFUSED_PAUSE_MS);
        break;
      case 'changedMeanwhile':
        progress.note('changed by somebody else meanwhile: reading again');
        break;
      case 'conflict':
        return endConflict(look, runtime.profile, applied.plan, changed);
      case 'missing':
        return end(look, 'gone', 'The runtime was deleted meanwhile.', known);
      case 'leaseLost': {
        losses++;
        const record = recordOf(holder);
        if (losses >= MAX_LOSSES || !(yield* acquireLease(context, { ...holder, record }, plan.changes))) {
          return endStopped(look, 'lost', known);
        }
        break;
      }
      case 'cancelled':
        return endStopped(look, 'cancelled', known);
      default:
        return { ...endUnsettled(look, applied), ...known };
    }
  }
  return endProblem(look, 'interrupted', keepsChanging(displayRuntime(look.runtime), MAX_WRITES), {
    profile: runtime.profile,
    plan,
    changed,
  });
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
