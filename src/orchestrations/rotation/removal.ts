import type { Problem } from '../../domain/problems/problem.js';
import {
  countPossibleCarriers,
  describePossibleCarriers,
  type FleetInventory,
} from '../../domain/rotation/inventory.js';
import { keyLabel } from '../../domain/rotation/pending.js';
import { remainingUnproven } from '../../domain/rotation/problems.js';
import type { Debt, OtherHubsKey } from '../../domain/runs/rotations.js';
import { amount } from '../../domain/values/amount.js';
import type { CredentialVersion } from '../../domain/values/credentialVersion.js';
import { sameId } from '../../domain/values/sameId.js';
import { FENCE_MS } from '../../domain/values/timing.js';
import { type Flow, nowMs, pause } from '../flow.js';
import { changeClaimed } from './credentialClaim.js';
import { debt, type Removal } from './debts.js';
import { moveFleet } from './fleet.js';
import { diedMeanwhile } from './proof.js';
import { carryOut, isStopped, type Rotating, type Stopped } from './rotating.js';

interface Moving {
  readonly to?: CredentialVersion;
  readonly from?: CredentialVersion;
  readonly urgent: boolean;
  /** Resource ids of runtimes that are left as they are. */
  readonly except?: readonly string[];
}

/**
 * Removes keys that nobody is to have any more. First whoever has one moves, and whoever may have one is checked; what is then still in use, or may be,
 * stays and becomes a debt. Then nothing may be written with the others; when what was under way has ended, all is
 * listed again, so that nobody got one in the last moment. Last of all what stays is proven: it may have died in an overlap
 * of days, and then the old one may be all that still works.
 *
 * @param to what runtimes get instead; absent: they are not moved
 * @param from what a runtime gets back that fails with `to`
 * @param urgent whether whoever moves waits for no window
 * @param except who does not move
 * @param unmarked whether a runtime without a marker may have one of them: not where the run itself made them, which then
 *   also knows whether it has given them to anybody
 * @param proving whether the keys go only once `to` is proven: not on the way back, where they are nobody's
 */
export function* removeKeys(
  run: Rotating,
  keyIds: readonly string[],
  options: Moving & { readonly unmarked: boolean; readonly proving?: true },
): Flow<Removal> {
  const removed: string[] = [];
  const usable: string[] = [];
  const otherHubs: string[] = [];
  const debts: Debt[] = [];
  const addDebt = (what: string, reason: string) => debts.push(debt(run, 'removeKey', what, reason));
  const { unmarked, proving, to } = options;
  const mayHave = (fleet: FleetInventory, keyId: string) =>
    countPossibleCarriers(fleet, keyId, unmarked, unmarked || run.given.has(keyId));
  const done = { removed, usable, otherHubs, debts };
  if (keyIds.length === 0) return done;

  const before = yield* moveCarriers(run, keyIds, options);
  if (isStopped(before)) return addDebts(keyIds, before, addDebt, done);
  const free = keyIds.filter((keyId) => !stillCarried(before, keyId, mayHave(before, keyId), addDebt));
  if (free.length === 0) return done;

  for (const credentialId of free) {
    yield* changeClaimed(run.context, run.input.recordKey, {
      kind: 'retire',
      runId: run.runId,
      credentialId,
    });
  }
  yield* pause(run.context, FENCE_MS);
  const { from: _, ...forward } = options;
  const after = yield* moveCarriers(run, free, forward);
  if (isStopped(after)) return addDebts(free, after, addDebt, done);
  const going = free.filter((keyId) => !stillCarried(after, keyId, mayHave(after, keyId), addDebt));
  const unproven = going.length > 0 && to && proving ? yield* notToRely(run, to) : undefined;
  if (unproven) {
    for (const keyId of going) addDebt(keyId, unproven.message);
    return { ...done, usable: going, unproven };
  }
  for (const keyId of going) {
    const gone = yield* carryOut(run, 'removeKey', {
      credential: run.input.credential,
      runId: run.runId,
      keyId,
    });
    if (isStopped(gone)) addDebt(keyId, gone.problem?.message ?? 'the removal was interrupted');
    else if (gone.kind === 'otherHubs') {
      otherHubs.push(keyId);
      leaveToOtherHub(run, { keyId, label: gone.label });
    } else ({ removed, inUse: usable })[gone.kind].push(keyId);
  }
  return done;
}

/** The result names it: when the run read the vault it may have been the key that everybody reads, which nobody would remove. */
function leaveToOtherHub({ noticed, progress }: Rotating, key: OtherHubsKey): void {
  const { otherHubs = [] } = noticed.leftAlone;
  if (otherHubs.some(({ keyId }) => sameId(keyId, key.keyId))) return;
  noticed.leftAlone = { ...noticed.leftAlone, otherHubs: [...otherHubs, key] };
  progress.logStep(`${key.keyId} belongs to another task hub ("${key.label}"): it stays`);
}

/** Why nobody can rely on the credential that is to stay; `undefined`: it is proven. */
function* notToRely(run: Rotating, to: CredentialVersion): Flow<Problem | undefined> {
  const died = yield* diedMeanwhile(run, to, 'prove what stays');
  return died && remainingUnproven(run.input.credential, to.credentialId, run.settings, died.message);
}

/** Keys of a run that it lost sight of; `debts` where it could not look. */
export interface LostKeys {
  readonly keyIds: readonly string[];
  readonly debts: readonly Debt[];
}

/**
 * Keys of this run besides the one that it goes on with: a call that was given up may have had its effect later. What
 * the directory does not show yet becomes a debt by the run's label as the run ends.
 */
export function* lostKeys(run: Rotating, kept?: string): Flow<LostKeys> {
  // It makes no keys: it can have lost none, and nobody could ever clear such a debt.
  if (!run.settings.mints) return { keyIds: [], debts: [] };
  const label = keyLabel(run.minter, run.runId);
  const now = nowMs(run.context);
  const listed = yield* carryOut(run, 'readCredentialInventory', { credential: run.input.credential, now });
  if (isStopped(listed)) {
    const why = listed.problem?.message ?? 'stopped';
    const reason = `Whether it left a key could not be seen: ${why}`;
    return { keyIds: [], debts: [debt(run, 'removeLabelled', label, reason)] };
  }
  const keyIds = (listed.inventory.keys ?? [])
    .filter(({ displayName }) => displayName === label)
    .map(({ keyId }) => keyId)
    .filter((keyId) => kept === undefined || !sameId(keyId, kept));
  run.minting.trace = { ...run.minting.trace, lookedAt: now };
  return { keyIds, debts: [] };
}

/** Moves whoever has one of the keys, and proves what the others have; gives the fleet as it is then. */
function* moveCarriers(
  run: Rotating,
  keyIds: readonly string[],
  { to, from, urgent, except = [] }: Moving,
): Flow<FleetInventory | Stopped> {
  const { credential } = run.input;
  const listed = yield* carryOut(run, 'listFleet', { credential, processes: true });
  if (isStopped(listed)) return listed;
  let { fleet } = listed;
  const carried = keyIds.filter((keyId) => countPossibleCarriers(fleet, keyId, false) > 0);
  if (!to || carried.length === 0) return fleet;
  for (const only of carried) {
    const back = from ? { backTo: from } : {};
    const late = yield* moveFleet(run, fleet, { to, only, except, ...back, urgent });
    if (late.moved + late.failed === 0) continue;
    run.progress.logStep(
      `${amount(late.moved, 'runtime')} that still had ${only} moved, ${late.failed} did not`,
    );
  }
  if (fleet.unproven.count > 0) {
    const now = yield* carryOut(run, 'listFleet', { credential, processes: true });
    if (isStopped(now)) return now;
    fleet = now.fleet;
    const checked = yield* moveFleet(run, fleet, { unproven: true, urgent });
    run.progress.logStep(`${amount(checked.moved, 'runtime')} proved access, ${checked.failed} did not`);
  }
  const again = yield* carryOut(run, 'listFleet', { credential, processes: true });
  return isStopped(again) ? again : again.fleet;
}

type AddDebt = (what: string, reason: string) => void;

function stillCarried(fleet: FleetInventory, keyId: string, carriers: number, addDebt: AddDebt): boolean {
  if (carriers === 0) return false;
  const who = describePossibleCarriers(fleet, keyId);
  addDebt(keyId, `${carriers} runtimes have it or may have it${who === '' ? '' : `; ${who}`}`);
  return true;
}

function addDebts(keyIds: readonly string[], { problem }: Stopped, addDebt: AddDebt, done: Removal): Removal {
  for (const keyId of keyIds)
    addDebt(keyId, `Who has it could not be found out: ${problem?.message ?? 'stopped'}`);
  return done;
}
