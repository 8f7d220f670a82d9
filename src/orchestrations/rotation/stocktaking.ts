/** What a rotation finds: its fleet, what directory and vault hold, and what is to be done about it. */

import type { KnownOfCredential } from '../../domain/rotation/credentialState.js';
import { decideTask } from '../../domain/rotation/decideTask.js';
import { keysOfOtherHubs } from '../../domain/rotation/leftoverKeys.js';
import { paidBy } from '../../domain/rotation/paid.js';
import { keyLabel, minterOf } from '../../domain/rotation/pending.js';
import { respecting } from '../../domain/rotation/rejection.js';
import { type CredentialStock, type FleetStock, isMintedBy } from '../../domain/rotation/stock.js';
import type { Found } from '../../domain/rotation/task.js';
import { carriedBy } from '../../domain/rotation/worn.js';
import { nowMs } from '../flow.js';
import { carryOut, isStopped, type Rotating } from './rotating.js';

/** A rotation that has not looked yet. */
export type Base = Omit<Rotating, 'settings' | 'moveOneSeconds' | 'minter' | 'secretVersion' | 'passedOver'>;

/** Looks at fleet, directory and vault, and decides. */
export function* takeStock(base: Base, known: KnownOfCredential) {
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
  const { stock, settings, moveOneSeconds } = stocked;
  base.current.secretVersion = stock.current.secretVersion;
  const minter = minterOf(input.recordKey, known.hub);
  const looked: Found = {
    ...known,
    minter,
    stock,
    fleet,
    settings,
    moveSeconds: stocked.moveSeconds + stocked.windowSeconds,
    asked: input.startedBy.kind === 'request',
    force: input.force === true && !isMintedBy(stock, keyLabel(minter, base.runId)),
    now: nowMs(context),
  };
  noteFound(base, fleet, stock, minter);
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
    observed: stocked.observed === true,
    kept: stocked.kept,
    paid: paidBy(looked),
  };
}

/** Says what was found, and what of it stays because nobody can say what it is. */
function noteFound(
  { progress, noticed }: Base,
  fleet: FleetStock,
  stock: CredentialStock,
  minter: string,
): void {
  const { unread, outside, total } = fleet;
  const otherHubs = keysOfOtherHubs(stock, minter);
  noticed.leftAlone = {
    ...(otherHubs.length > 0 ? { otherHubs } : {}),
    ...(unread.count > 0 ? { unread: unread.some } : {}),
  };
  const more = outside.count > 0 ? `, ${outside.count} more outside of every profile, or not enabled` : '';
  progress.note(`current ${stock.current.credentialId}, ${total} runtimes have it or an earlier one${more}`);
  if (unread.count > 0) {
    progress.note(`${unread.count} without a readable name keep every key: ${unread.some[0]}, …`);
  }
  for (const { keyId, label } of otherHubs) {
    progress.note(`${keyId} is of another task hub ("${label}"): it stays`);
  }
}
