/** The state of a credential's record, and what it tells those who are about to change something. */

import type { Credential } from '../configuration/credential.js';
import type { EndedRun } from '../runs/repeatable.js';
import type { Debt } from '../runs/rotations.js';
import { sha256Hex } from '../values/digest.js';
import type { Gate } from '../values/gate.js';
import { sameId } from '../values/sameId.js';
import type { FailedPilot, Failures, Pin } from './failures.js';
import type { Announcement } from './onceADay.js';
import type { ActiveRotation, RotationPhase } from './phases.js';

export interface CredentialRecord {
  /**
   * Id of the task hub, for the labels of keys: made by chance with the record and lost with it, since a hub that knows
   * nothing of its past must not take what it finds for its own. Eight hexadecimal digits.
   */
  readonly hub: string;
  readonly rotation?: ActiveRotation & {
    /** How many events and requests came while the run works: more than none leads to one more pass. */
    readonly pendingSignals?: number;
  };
  /** Credential ids that are about to be removed: nothing may be written with them. */
  readonly retiring: readonly string[];
  readonly debts: readonly Debt[];
  readonly failures: Failures;
  readonly pinned?: Pin;
  /** Credential id that the last commit gave to everybody: there is no way back from it, in no later run. */
  readonly committed?: string;
  /** Newest last. */
  readonly failedPilots?: readonly FailedPilot[];
  /** A person's no that stands. */
  readonly rejection?: Rejection;
  /** What was told of it, newest last. */
  readonly announced?: readonly Announcement[];
  /** Rotations that ended or were told no, newest last. */
  readonly ended: readonly EndedCredentialRun[];
}

/** `again`: a signal came while it worked, so that another run looks once more. */
export type EndedCredentialRun = EndedRun & { readonly again?: true };

/** A person's no at a gate, see rejection.ts. */
export interface Rejection {
  readonly gate: Gate;
  /** Credential id that everybody read then. */
  readonly current: string;
  /** Who said no: name, and object id where there is one. */
  readonly principal: string;
  readonly objectId?: string;
  /** ISO 8601. */
  readonly at: string;
}

export const EMPTY_CREDENTIAL_RECORD: CredentialRecord = {
  hub: '',
  retiring: [],
  debts: [],
  failures: { count: 0, lastAt: 0 },
  ended: [],
};

/** Key of a credential's record: two names for one secret of one application are one credential. */
export function credentialRecordKey({ tenantId, clientId, secret }: Credential): string {
  const identity = [tenantId, clientId, secret.vault, secret.name].join('\n').toLowerCase();
  return sha256Hex(identity).slice(0, 32);
}

/**
 * Whether `runId` is the rotation that works on the credential, and in this phase: what each activity asks before it
 * changes something. The owner alone is not enough: an activity that comes once more finds its run at another place.
 */
export function isInPhase(
  record: CredentialRecord | undefined,
  runId: string,
  phase: RotationPhase,
): boolean {
  return record?.rotation?.runId === runId && record.rotation.phase === phase;
}

/** Whether `runId` works on the credential and has said that this credential id is about to be removed. */
export function mayRemove(
  record: CredentialRecord | undefined,
  runId: string,
  credentialId: string,
): boolean {
  return record?.rotation?.runId === runId && isRetiring(record, credentialId);
}

/** Whether nothing may be written with this credential id: it is about to be removed. */
export function isRetiring(record: CredentialRecord | undefined, credentialId: string): boolean {
  return record?.retiring.some((id) => sameId(id, credentialId)) ?? false;
}

/** What of a record a rotation goes by. */
export type KnownOfCredential = Pick<
  CredentialRecord,
  'hub' | 'debts' | 'pinned' | 'failures' | 'committed' | 'failedPilots' | 'rejection'
>;

/** What a run is told of it. */
export function knownOf({
  hub,
  debts,
  pinned,
  failures,
  committed,
  failedPilots,
  rejection,
}: CredentialRecord): KnownOfCredential {
  return {
    hub,
    debts,
    failures,
    ...(pinned ? { pinned } : {}),
    ...(committed === undefined ? {} : { committed }),
    ...(failedPilots ? { failedPilots } : {}),
    ...(rejection ? { rejection } : {}),
  };
}

/** The ids besides those that are gone. */
export function without(ids: readonly string[], gone: readonly string[]): string[] {
  return ids.filter((id) => !gone.some((other) => sameId(id, other)));
}
