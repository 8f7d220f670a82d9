/** How far a rotation is, and what the record knows of the one that works. */
import type { CredentialVersion } from '../values/credentialVersion.js';

/** How far a rotation is: `moving` may still go back, `committed` only forward. */
export type RotationPhase = 'preparing' | 'moving' | 'committed' | 'rollingBack';

/** Which phases may follow one: none comes back, and from `committed` there is no way back. */
const FOLLOWING: Readonly<Record<RotationPhase, readonly RotationPhase[]>> = {
  preparing: ['moving', 'committed', 'rollingBack'],
  moving: ['committed', 'rollingBack'],
  committed: [],
  rollingBack: [],
};

export interface ActiveRotation {
  readonly runId: string;
  /** Past this moment the run counts as dead and another may take over. */
  readonly until: number;
  readonly phase: RotationPhase;
  /** The version that the runtimes had when it began. */
  readonly from?: CredentialVersion;
  /** The version that they get. */
  readonly to?: CredentialVersion;
  /** Version of the secret that everybody read when it began: the commit goes over no other. */
  readonly over?: string;
  /** Key ids that are to go once the overlap is over: whoever takes over has no other way to know of them. */
  readonly removable?: readonly string[];
}

/** Whether a rotation may go from one phase to another. */
export function mayFollow(from: RotationPhase, to: RotationPhase): boolean {
  return FOLLOWING[from].includes(to);
}
