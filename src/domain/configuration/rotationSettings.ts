import type { Gate } from '../values/gate.js';

/** How a credential is rotated, as the configuration says. Times in seconds. */
export interface RotationSettings {
  /** Name of the strategy, for what connects to it (`credentials/`); the rules go by what follows from it. */
  readonly strategy: string;
  /** Whether the app makes the next one; otherwise somebody else writes it, and the app moves the runtimes to it. */
  readonly mints: boolean;
  /** How long before its expiry a credential is due. */
  readonly rotateBeforeSeconds: number;
  /** How long a credential lives that the app mints. */
  readonly validitySeconds: number;
  /** How long the old one stays valid after the commit. */
  readonly overlapSeconds: number;
  /** Share of the runtimes, 0 to 1, that may fail after the pilot before all go back. */
  readonly failureLimit: number;
  /** Resource id of the runtime that goes first; absent: the first one by id. */
  readonly pilot?: string;
  readonly approval?: Approval;
}

/** A step that waits for a person. */
export interface Approval {
  readonly before: Gate;
  readonly deadlineSeconds: number;
  /** What happens when nobody has said anything by then. */
  readonly otherwise: 'proceed' | 'stop';
}
