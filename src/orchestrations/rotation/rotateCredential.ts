import type { OrchestrationContext } from 'durable-functions';
import { HOST_ENDED, isOfHost } from '../../domain/hostEnded.js';
import { sweptRunId } from '../../domain/instanceIds.js';
import type { RunEnd } from '../../domain/repeatable.js';
import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import type { Debt } from '../../domain/rotation/debts.js';
import { CREDENTIAL_HOLD_MS } from '../../domain/rotation/hold.js';
import { keyLabel, minterOf } from '../../domain/rotation/pending.js';
import {
  credentialExpiring,
  credentialTaken,
  expiryUnknown,
  type Kept,
} from '../../domain/rotation/problems.js';
import { respecting } from '../../domain/rotation/rejection.js';
import type { RotationInput, RotationResult } from '../../domain/rotation/rotations.js';
import type { RotationSettings } from '../../domain/rotation/settings.js';
import { type CredentialStock, isMintedBy } from '../../domain/rotation/stock.js';
import { overdue, owedForMint } from '../../domain/rotation/strayKeys.js';
import {
  type Decision,
  decideTask,
  type Found,
  keysOfOtherHubs,
  paidLabels,
} from '../../domain/rotation/task.js';
import { carriedBy } from '../../domain/rotation/worn.js';
import { endedBefore } from '../../domain/runProblems.js';
import { ORCHESTRATIONS } from '../../domain/runs.js';
import { callStep } from '../calls.js';
import { tellCancelled } from '../cancelling.js';
import { explained } from '../children.js';
import { counter, type Flow, isoNow, nowMs } from '../flow.js';
import { Progress } from '../progress.js';
import { startedByWords } from '../words.js';
import { carryOutTask } from './carryOutTask.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import { HoldLost } from './hold.js';
import { keyWouldBeNoted, noteKey, unnotedKey } from './noting.js';
import { callCredential, carryOut, isStopped, type Rotating, type Stopped } from './rotating.js';
import { tellEnded, tellStarted } from './telling.js';

/**
 * One rotation of one credential, from taking stock to the last check. The credential's record lets one at a time work
 * on it, and every end leaves it explained: what was done, what is left, what a person must do.
 */
export function* rotateCredential(context: OrchestrationContext): Flow<RotationResult> {
  const input = context.df.getInput<RotationInput>();
  const runId = context.df.instanceId;
  const progress = new Progress(context);
  progress.note(startedByWords(input.startedBy), `start: rotate ${input.credential}`);
  const minting: Rotating['minting'] = { trace: { began: false } };
  const noticed: Rotating['noticed'] = { leftAlone: {} };
  const gates: Rotating['gates'] = {};
  const base: Base = {
    context,
    input,
    progress,
    runId,
    nextChild: counter(),
    unstoppable: false,
    minting,
    noticed,
    given: new Set<string>(),
    failedPilots: [],
    current: {},
    gates,
  };
  const result = (end: RotationEnd): RotationResult => {
    progress.note(end.summary);
    const { paid: _, pin: __, unretire: ___, lookedAtAll: ____, ...rest } = end;
    return { ...rest, ...noticed.leftAlone, credential: input.credential, trail: progress.trail };
  };

  if (input.dryRun) return result(yield* dryRun(base));

  progress.begin('begin');
  const begun = yield* callCredential<'begun' | 'ended'>(base, {
    kind: 'begin',
    runId,
    phase: 'preparing',
    now: nowMs(context),
    holdMs: CREDENTIAL_HOLD_MS,
    // A sweep comes again by itself.
    ...(input.startedBy.kind === 'run' ? { quiet: true as const } : {}),
  });
  if (begun.kind === 'ended') return result(endedEarlier(begun.end));

  let began = false;
  const changing = () => began;
  const ended = yield* guarded(base, changing, function* () {
    progress.begin('take stock');
    const found = yield* takeStock(base, begun);
    if (isStopped(found)) return endOf(found);
    const { decision, run, fleet, paid } = found;
    if (decision.kind !== 'task') return { ...(yield* leave(run, decision, found)), paid };
    yield* tellStarted(run, decision.task, fleet);
    began = true;
    const carriedOut = yield* carryOutTask(run, decision.task, fleet);
    return { ...carriedOut, paid: [...(carriedOut.paid ?? []), ...paid] };
  });
  const { end, debts } = withDebts(base, ended, begun);
  // A person's no is no failure, after which a pause would grow and an alert come.
  const failed = isFailure(end) && !gates.rejection;
  if (end.outcome === 'cancelled') {
    const about = { subject: `credentials/${input.credential}`, credential: input.credential };
    yield* tellCancelled(context, progress, { runId }, about);
  }
  yield* tellEnded(base, end, begun.failures, failed);
  progress.begin('finish');
  const { secretVersion } = base.current;
  const finished = yield* callCredential<'finished'>(base, {
    kind: 'finish',
    runId,
    phase: 'ended',
    end: {
      outcome: end.outcome,
      ...(end.changed ? { changed: end.changed } : {}),
      ...(end.problem ? { code: end.problem.code } : {}),
      ...(end.notBefore === undefined ? {} : { notBefore: end.notBefore }),
    },
    now: nowMs(context),
    result: failed ? 'failed' : end.changed && !gates.rejection ? 'done' : 'nothing',
    failedPilots: base.failedPilots,
    ...(secretVersion === undefined ? {} : { secretVersion }),
    debts,
    paid: end.paid ?? [],
    unretire: end.unretire ?? [],
    lookedAtAll: end.lookedAtAll ?? end.outcome === 'upToDate',
    ...(end.pin ? { pin: end.pin } : {}),
    ...(gates.rejection ? { rejection: gates.rejection } : {}),
    ...(input.startedBy.kind === 'request' ? { asked: true } : {}),
  });
  if (finished.again) yield* lookOnceMore(base);
  return result(end);
}

/** Starts the run that looks at what was told of while this one worked. Repeated, it finds the one that it started. */
function* lookOnceMore(base: Base): Flow<void> {
  const { context, input, progress, runId } = base;
  const next: RotationInput = {
    action: 'rotate',
    credential: input.credential,
    recordKey: input.recordKey,
    startedBy: { kind: 'run', runId },
    createdAt: isoNow(context),
  };
  const nextId = sweptRunId(input.recordKey, runId);
  progress.begin('look once more');
  // The record has let go: whatever becomes of this, the next sweep looks, too.
  const launched = yield* callStep(context, 'launchRuns', {
    runs: [{ orchestration: ORCHESTRATIONS.rotateCredential, runId: nextId, input: next }],
  });
  progress.note(
    launched.kind === 'started'
      ? `something came meanwhile: run ${nextId} looks at it`
      : 'something came meanwhile: the next sweep looks at it',
  );
}

/** The end of a run that the record has among those that ended, or that is told no. */
function endedEarlier({ outcome, changed, code, otherRunId, notBefore }: RunEnd): RotationEnd {
  const known = { outcome, changed: changed === true };
  if (otherRunId !== undefined) {
    return { ...known, summary: `Run ${otherRunId} works on the credential.`, otherRunId };
  }
  if (notBefore !== undefined) {
    const summary = `Rotations failed in a row; the next one starts at ${notBefore}, or when asked for.`;
    return { ...known, summary, notBefore };
  }
  const summary = `This run has ended before: ${outcome}.`;
  return { ...known, summary, ...(code === undefined ? {} : { problem: endedBefore(code, summary) }) };
}

/** The end with the debts that are told, and all that the record is to keep. */
function withDebts(
  { context, input, progress, runId, minting }: Base,
  ended: RotationEnd,
  { hub, debts: known }: KnownOfCredential,
): { readonly end: RotationEnd; readonly debts: readonly Debt[] } {
  const now = nowMs(context);
  const { debts = [], ...rest } = ended;
  const told = [...debts, ...overdue(known, ended.paid ?? [], now)];
  const end = told.length > 0 ? { ...rest, debts: told } : rest;
  const label = keyLabel(minterOf(input.recordKey, hub), runId);
  const owed = owedForMint(minting.trace, { label, runId, now });
  if (!owed || told.some(({ what }) => what === label)) return { end, debts: told };
  progress.note(`the directory may show a key late: a run after ${owed.quietUntil} looks once more`);
  return { end, debts: [...told, owed] };
}

type NotATask = Exclude<Decision, { kind: 'task' }>;

type Base = Omit<Rotating, 'settings' | 'moveOneSeconds' | 'minter' | 'secretVersion' | 'passedOver'>;

function* takeStock(base: Base, known: KnownOfCredential) {
  const { context, input } = base;
  const { credential } = input;
  const passedOver = (known.failedPilots ?? []).map(({ runtime }) => runtime);
  const listed = yield* carryOut(base, 'stockFleet', {
    credential,
    ...(passedOver.length > 0 ? { failedPilots: passedOver } : {}),
  });
  if (isStopped(listed)) return listed;
  const { fleet } = listed;
  const carried = carriedBy(fleet);
  const stocked = yield* carryOut(base, 'takeStock', {
    credential,
    now: nowMs(context),
    ...(carried.length > 0 ? { carried } : {}),
  });
  if (isStopped(stocked)) return stocked;
  const { stock, settings, moveOneSeconds, windowSeconds } = stocked;
  const moveSeconds = stocked.moveSeconds + windowSeconds;
  base.current.secretVersion = stock.current.secretVersion;
  const minter = minterOf(input.recordKey, known.hub);
  const otherHubs = keysOfOtherHubs(stock, minter);
  base.noticed.leftAlone = {
    ...(otherHubs.length > 0 ? { otherHubs } : {}),
    ...(fleet.unread.count > 0 ? { unread: fleet.unread.some } : {}),
  };
  const looked: Found = {
    ...known,
    minter,
    stock,
    fleet,
    settings,
    moveSeconds,
    asked: input.startedBy.kind === 'request',
    force: input.force === true && !isMintedBy(stock, keyLabel(minter, base.runId)),
    now: nowMs(context),
  };
  const outside = fleet.outside.count > 0 ? `, ${fleet.outside.count} more outside of every profile` : '';
  base.progress.note(
    `current ${stock.current.credentialId}, ${fleet.total} runtimes have it or an earlier one${outside}`,
  );
  if (fleet.unread.count > 0) {
    base.progress.note(
      `${fleet.unread.count} without a readable name keep every key: ${fleet.unread.some[0]}, …`,
    );
  }
  for (const { keyId, label } of otherHubs) {
    base.progress.note(`${keyId} is of another task hub ("${label}"): it stays`);
  }
  const { secretVersion } = stock.current;
  const run: Rotating = { ...base, settings, moveOneSeconds, minter, secretVersion, passedOver };
  const decision = respecting(decideTask(looked), known.rejection, {
    current: stock.current.credentialId,
    asked: input.startedBy.kind === 'request',
  });
  return {
    kind: 'found' as const,
    run,
    decision,
    fleet,
    stock,
    settings,
    kept: stocked.kept,
    paid: paidLabels(looked),
  };
}

function* dryRun(base: Base): Flow<RotationEnd> {
  const known = yield* callCredential<'known'>(base, { kind: 'read' });
  const owed = known.debts.length > 0 ? { debts: known.debts } : {};
  const { working } = known;
  // What a rotation has begun looks like something left over until it has ended.
  if (working && working.until > nowMs(base.context)) {
    return { ...endedEarlier({ outcome: 'busy', otherRunId: working.runId }), ...owed };
  }
  return { ...(yield* plan(base, known)), ...owed };
}

function* plan(base: Base, known: KnownOfCredential): Flow<RotationEnd> {
  base.progress.begin('take stock');
  const found = yield* takeStock(base, known);
  if (isStopped(found)) return endOf(found);
  const { decision } = found;
  if (decision.kind !== 'task') {
    const key = unnotedKey(found.stock, found.settings);
    if (key) return keyWouldBeNoted(key);
    return found.paid.length > 0 ? lookedFor(found.paid) : left(decision, found.kept);
  }
  const { task } = decision;
  const { total, pilots } = found.fleet;
  const pilot = task.committed || task.dead ? undefined : pilots[0];
  const what = {
    mint: 'A new credential would be minted',
    move: 'Runtimes would be moved',
    settle: 'Keys would be removed',
  };
  const first = pilot ? `, ${pilot.runtime.name} first` : '';
  const summary = `${what[task.kind]}: ${task.why}. ${total} runtimes${task.kind === 'settle' ? '' : first}.`;
  return {
    outcome: 'planned',
    summary,
    changed: false,
    ...(task.from ? { from: task.from.credentialId } : {}),
    ...(task.to ? { to: task.to.credentialId } : {}),
    counts: { carriers: total, moved: 0, failed: 0, wentBack: 0 },
  };
}

function lookedFor(labels: readonly string[]): RotationEnd {
  const summary = `Nothing is left with ${labels.map((label) => `"${label}"`).join(', ')}: no debt would stand for it any more.`;
  return { outcome: 'planned', summary, changed: false };
}

/** Nothing is to be done now but to note which key the secret holds, where the app has found it. */
function* leave(
  run: Rotating,
  decision: NotATask,
  { stock, settings, kept }: { stock: CredentialStock; settings: RotationSettings; kept: Kept },
): Flow<RotationEnd> {
  const end = left(decision, kept);
  const key = unnotedKey(stock, settings);
  return key ? yield* noteKey(run, key, end) : end;
}

/** The end where nothing is to be done now. */
function left(decision: NotATask, kept: Kept): RotationEnd {
  if (decision.kind === 'resting') {
    const { why, notBefore, expiring } = decision;
    const summary = `Not now: ${why}.`;
    return expiring
      ? { ...endUnchanged('expiring', credentialExpiring(why, kept)), notBefore }
      : { outcome: 'tooSoon', summary, changed: false, notBefore };
  }
  if (decision.declined) {
    return { outcome: 'declined', summary: `Nothing is done: ${decision.why}.`, changed: false };
  }
  if (decision.expiring) return endUnchanged('expiring', credentialExpiring(decision.why, kept));
  if (decision.unknown) return endUnchanged('expiring', expiryUnknown(decision.why, kept));
  return { outcome: 'upToDate', summary: `Nothing to do: ${decision.why}.`, changed: false };
}

function endOf({ outcome, problem }: Stopped): RotationEnd {
  return endUnchanged(outcome, problem ?? (outcome === 'interrupted' ? credentialTaken() : undefined));
}

/**
 * Whatever a flow throws becomes an explained end: the credential must be let go of in every case. A key that was minted
 * is owed by its label. `began`: whether it had begun to change something.
 */
function* guarded(base: Base, began: () => boolean, flow: () => Flow<RotationEnd>): Flow<RotationEnd> {
  try {
    return yield* flow();
  } catch (error) {
    // What it has done by then is the other run's to go on from.
    if (error instanceof HoldLost) return { ...endUnchanged('interrupted', error.problem), changed: true };
    const problem = explained(base.context, `The rotation of ${base.input.credential}`, error);
    return { outcome: 'interrupted', summary: problem.message, problem, changed: began() };
  }
}

/** What the host ended is no verdict on the credential: nothing pauses for it. */
function isFailure({ outcome, problem, stragglers = [] }: RotationEnd): boolean {
  const byHostAlone = stragglers.length > 0 && stragglers.every(({ code }) => code === HOST_ENDED);
  if (isOfHost(problem) || (outcome === 'rolledBack' && byHostAlone)) return false;
  return (
    outcome === 'rolledBack' ||
    outcome === 'interrupted' ||
    outcome === 'refused' ||
    outcome === 'rotatedPartly'
  );
}
