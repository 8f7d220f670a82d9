import type { OrchestrationContext } from 'durable-functions';
import { isOfHost } from '../../domain/hostEnded.js';
import type { RunEnd } from '../../domain/repeatable.js';
import type { Debt, KnownOfCredential } from '../../domain/rotation/credentialRecord.js';
import { CREDENTIAL_HOLD_MS } from '../../domain/rotation/hold.js';
import { keyLabel } from '../../domain/rotation/pending.js';
import { credentialExpiring, credentialTaken } from '../../domain/rotation/problems.js';
import type { RotationInput, RotationResult } from '../../domain/rotation/rotations.js';
import { overdue, owedForMint } from '../../domain/rotation/strayKeys.js';
import { type Decision, decideTask, type Found, paidLabels } from '../../domain/rotation/task.js';
import { endedBefore } from '../../domain/runProblems.js';
import { explained } from '../children.js';
import { counter, type Flow, nowMs } from '../flow.js';
import { Progress } from '../progress.js';
import { startedByWords } from '../words.js';
import { carryOutTask } from './carryOutTask.js';
import { endUnchanged, type RotationEnd } from './ends.js';
import { HoldLost } from './hold.js';
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
  const base = {
    context,
    input,
    progress,
    runId,
    nextChild: counter(),
    unstoppable: false,
    minting,
    noticed,
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
    atOnce: input.force === true,
  });
  if (begun.kind === 'ended') return result(endedEarlier(begun.end));

  let began = false;
  const ended = yield* guarded(
    base,
    () => began,
    function* () {
      progress.begin('take stock');
      const found = yield* takeStock(base, begun);
      if (isStopped(found)) return endOf(found);
      const { decision, run, fleet, paid } = found;
      if (decision.kind === 'nothing') return { ...nothing(decision), paid };
      yield* tellStarted(run, decision.task, fleet);
      began = true;
      const carriedOut = yield* carryOutTask(run, decision.task, fleet);
      return { ...carriedOut, paid: [...(carriedOut.paid ?? []), ...paid] };
    },
  );
  const { end, debts } = withDebts(base, ended, begun.debts);
  yield* tellEnded(base, end);
  progress.begin('finish');
  yield* callCredential(base, {
    kind: 'finish',
    runId,
    phase: 'ended',
    end: {
      outcome: end.outcome,
      ...(end.changed ? { changed: end.changed } : {}),
      ...(end.problem ? { code: end.problem.code } : {}),
    },
    now: nowMs(context),
    result: verdictOf(end),
    debts,
    paid: end.paid ?? [],
    unretire: end.unretire ?? [],
    lookedAtAll: end.lookedAtAll ?? end.outcome === 'upToDate',
    ...(end.pin ? { pin: end.pin } : {}),
  });
  return result(end);
}

/** The end of a run that the record has among those that ended, or that is told no. */
function endedEarlier({ outcome, changed, code, otherRunId, notBefore }: RunEnd): RotationEnd {
  const known = { outcome, changed: changed === true };
  if (otherRunId !== undefined) {
    return { ...known, summary: `Run ${otherRunId} works on the credential.`, otherRunId };
  }
  if (notBefore !== undefined) {
    const summary = `Rotations failed in a row; the next one starts at ${notBefore}, or when asked for.`;
    return { ...known, summary };
  }
  const summary = `This run has ended before: ${outcome}.`;
  return { ...known, summary, ...(code === undefined ? {} : { problem: endedBefore(code, summary) }) };
}

/** The end with the debts that are told, and all that the record is to keep. */
function withDebts(
  { context, input, progress, runId, minting }: Base,
  ended: RotationEnd,
  known: readonly Debt[],
): { readonly end: RotationEnd; readonly debts: readonly Debt[] } {
  const now = nowMs(context);
  const { debts = [], ...rest } = ended;
  const told = [...debts, ...overdue(known, ended.paid ?? [], now)];
  const end = told.length > 0 ? { ...rest, debts: told } : rest;
  const label = keyLabel(input.recordKey, runId);
  const owed = owedForMint(minting.trace, { label, runId, now });
  if (!owed || told.some(({ what }) => what === label)) return { end, debts: told };
  progress.note(`the directory may show a key late: a run after ${owed.quietUntil} looks once more`);
  return { end, debts: [...told, owed] };
}

type Base = Omit<Rotating, 'settings' | 'moveOneSeconds' | 'secretVersion'>;

function* takeStock(base: Base, { debts, pinned }: KnownOfCredential) {
  const { context, input } = base;
  const stocked = yield* carryOut(base, 'takeStock', {
    credential: input.credential,
    now: nowMs(context),
  });
  if (isStopped(stocked)) return stocked;
  const listed = yield* carryOut(base, 'stockFleet', { credential: input.credential });
  if (isStopped(listed)) return listed;
  const { stock, settings, moveOneSeconds, windowSeconds } = stocked;
  const moveSeconds = stocked.moveSeconds + windowSeconds;
  const { fleet } = listed;
  base.noticed.leftAlone = fleet.unread.count > 0 ? { unread: fleet.unread.some } : {};
  const looked: Found = {
    recordKey: input.recordKey,
    stock,
    fleet,
    settings,
    moveSeconds,
    debts,
    ...(pinned ? { pinned } : {}),
    force: input.force === true,
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
  const { secretVersion } = stock.current;
  const run: Rotating = { ...base, settings, moveOneSeconds, secretVersion };
  return { kind: 'found' as const, run, decision: decideTask(looked), fleet, paid: paidLabels(looked) };
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
  if (found.decision.kind === 'nothing')
    return found.paid.length > 0 ? lookedFor(found.paid) : nothing(found.decision);
  const { task } = found.decision;
  const { total, pilot } = found.fleet;
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

function nothing(decision: Extract<Decision, { kind: 'nothing' }>): RotationEnd {
  if (decision.expiring) return endUnchanged('expiring', credentialExpiring(decision.why));
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

/** What the end says of the credential: after failures the app pauses. What the host ended says nothing of it. */
function verdictOf({ outcome, problem, changed }: RotationEnd): 'failed' | 'done' | 'nothing' {
  if (isOfHost(problem)) return 'nothing';
  if (FAILURES.has(outcome)) return 'failed';
  return changed ? 'done' : 'nothing';
}

const FAILURES: ReadonlySet<RotationEnd['outcome']> = new Set([
  'rolledBack',
  'interrupted',
  'refused',
  'rotatedPartly',
]);
