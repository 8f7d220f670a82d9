/** What a rotation may have to do, and what it goes by. */

import type { RotationSettings } from '../configuration/rotationSettings.js';
import type { Debt } from '../runs/rotations.js';
import type { CredentialVersion } from '../values/credentialVersion.js';
import type { KnownOfCredential } from './credentialState.js';
import type { CredentialInventory, FleetInventory } from './inventory.js';

export interface RotationTask {
  /** `mint`: make the next credential; `move`: the runtimes get the current one; `cleanUp`: only leftovers. */
  readonly kind: 'mint' | 'move' | 'cleanUp';
  readonly why: string;
  /** What most of the runtimes that are to move have now. Absent where there is nothing to go back to. */
  readonly from?: CredentialVersion;
  /** What they get; absent until it is minted. */
  readonly to?: CredentialVersion;
  /** Waits for no window. */
  readonly urgent: boolean;
  /** What they have lives no more: there is no way back, and nothing to lose. */
  readonly dead: boolean;
  /** When the first of them loses what it has, in ms; 0: it may have lost it already; absent: no end of it is known. */
  readonly endsAt?: number;
  /** Everybody else has it already, by a commit or proven: from that no later run goes back. */
  readonly committed?: true;
  /** Key ids that may be removed once nobody has them. */
  readonly removable: readonly string[];
}

export type Decision =
  | { readonly kind: 'task'; readonly task: RotationTask }
  /** There is something to do, and it failed lately. `expiring`: meanwhile what the runtimes have nears its end. */
  | {
      readonly kind: 'resting';
      readonly why: string;
      /** ISO 8601. */
      readonly notBefore: string;
      readonly expiring: boolean;
    }
  /**
   * Nothing to do. `expiring`: what the runtimes have nears its end and nobody has written another; `unknown`: nobody knows
   * when it ends; `declined`: a person's no stands.
   */
  | {
      readonly kind: 'nothing';
      readonly why: string;
      readonly expiring: boolean;
      readonly unknown: boolean;
      readonly declined?: true;
    };

export interface Examined {
  /** Who mints here, see `minterOf`. */
  readonly minter: string;
  readonly inventory: CredentialInventory;
  readonly fleet: FleetInventory;
  readonly debts: readonly Debt[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Found extends Examined, Omit<KnownOfCredential, 'debts'> {
  readonly settings: RotationSettings;
  readonly moveSeconds: number;
  /** A person asked: no pause after failures holds. */
  readonly asked: boolean;
  /** Also what is not due is rotated. */
  readonly force: boolean;
}

/** Whether a credential lives so long that runtimes may go back to it. */
export function outlives(
  version: CredentialVersion | undefined,
  now: number,
  returnSeconds: number,
): boolean {
  if (!version) return false;
  return version.expiresOn === undefined || Date.parse(version.expiresOn) > now + returnSeconds * 1000;
}
