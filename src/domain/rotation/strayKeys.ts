/**
 * Keys that a mint may have left beside the one that it gave: a call that was given up, or that ran twice. How often a
 * mint was tried says nothing of that, and neither does how long it took. So whoever has minted leaves a debt: to read the
 * directory late enough, which a rotation with a short overlap leaves to a later run.
 */

import type { Debt } from '../runs/rotations.js';
import { DIRECTORY_LAG_MS, FENCE_MS } from '../values/timing.js';

/** What a run did about a key of its own. Moments in milliseconds since the epoch. */
export interface MintTrace {
  /** It asked for a key, whatever came of that. */
  readonly began: boolean;
  /** When it had the answer; absent: it never had one. */
  readonly endedAt?: number;
  /** When it last looked for keys of its label. */
  readonly lookedAt?: number;
}

/** From when on the directory shows every key that a mint may have left which ended then. */
export function keysShownAt(endedAt: number): number {
  return endedAt + FENCE_MS + DIRECTORY_LAG_MS;
}

/**
 * The debt that a run leaves for its mint as it ends: none where it read the directory late enough. The debt is quiet: to
 * be too early is no failure.
 *
 * @param label of the run's keys in the directory
 * @param now milliseconds since the epoch
 */
export function debtForMint(
  { began, endedAt, lookedAt }: MintTrace,
  { label, runId, now }: { readonly label: string; readonly runId: string; readonly now: number },
): Debt | undefined {
  if (!began) return undefined;
  const shownAt = keysShownAt(endedAt ?? now);
  if (lookedAt !== undefined && lookedAt >= shownAt) return undefined;
  return {
    kind: 'removeLabelled',
    what: label,
    reason: 'The directory may show a minted key late: a later run checks again',
    since: new Date(now).toISOString(),
    runId,
    quietUntil: new Date(shownAt).toISOString(),
  };
}

/** Whether a debt is one that people are told of, and that keeps a rotation from being whole. */
export function isLoud({ quietUntil }: Debt, now: number): boolean {
  return quietUntil === undefined || Date.parse(quietUntil) <= now;
}

/** From when on a list of the directory's keys clears a debt for a label. */
export function labelClearableAt({ since, quietUntil }: Debt): number {
  return quietUntil === undefined ? keysShownAt(Date.parse(since)) : Date.parse(quietUntil);
}

/**
 * Quiet debts that stand although their time is over: from now on they are told as others are.
 *
 * @param cleared labels that have just been found to be cleared
 */
export function overdue(debts: readonly Debt[], cleared: readonly string[], now: number): Debt[] {
  return debts
    .filter((debt) => debt.quietUntil !== undefined && isLoud(debt, now) && !cleared.includes(debt.what))
    .map(({ quietUntil: _, ...debt }) => ({
      ...debt,
      reason: 'Whether the mint left a second key could not be found out',
    }));
}
