/** Events that the app sends out: a closed list, versioned. Ids, times and words; never a value. */

import type { Problem } from '../problems/problem.js';
import type { Caller } from '../runs/caller.js';
import type { RunOutcome } from '../runs/outcomes.js';
import type { EndWord } from '../runs/repeatable.js';
import type { DebtKind, RotationCounts } from '../runs/rotations.js';
import { sha256Hex } from '../values/digest.js';

/** The credential that an event is about. */
interface AboutCredential {
  /** Name in the configuration. */
  readonly credential: string;
}

/** Data of each type of event. Times are ISO 8601, runtimes resource ids. */
export interface NotificationData {
  readonly 'Airlock.RuntimeEnabled.v1': {
    readonly runId: string;
    readonly runtime: string;
    readonly profile: string;
    readonly credentialId: string;
    readonly provenAt: string;
    /** Who asked, where somebody did. */
    readonly by?: Caller;
  };
  readonly 'Airlock.AccessCheckFailed.v1': {
    readonly runId: string;
    readonly runtime: string;
    readonly profile?: string;
    readonly problem: Problem;
    readonly by?: Caller;
  };
  readonly 'Airlock.RunFailed.v1': {
    readonly runId: string;
    /** Resource id of the runtime, name of the profile or the credential, or `everything`: as the API's `target`. */
    readonly target: string;
    readonly outcome: RunOutcome;
    readonly problem: Problem;
  };
  readonly 'Airlock.RotationStarted.v1': AboutCredential & {
    readonly runId: string;
    readonly why: string;
    readonly from?: string;
    readonly carriers: number;
    readonly by?: Caller;
  };
  readonly 'Airlock.RotationWaitingForApproval.v1': AboutCredential & {
    readonly runId: string;
    readonly gate: 'pilot' | 'removal';
    readonly until: string;
  };
  readonly 'Airlock.RunInstructed.v1': {
    readonly runId: string;
    /** The credential, of a rotation. */
    readonly credential?: string;
    readonly instruction: 'approve' | 'reject' | 'setOverlap' | 'cancel';
    readonly gate?: 'pilot' | 'removal';
    /** New end of the overlap. */
    readonly until?: string;
    readonly by: Caller;
    readonly at: string;
  };
  readonly 'Airlock.RotationStraggler.v1': AboutCredential & {
    readonly runId: string;
    readonly runtime: string;
    /** Code of the problem, or the outcome of the runtime's run. */
    readonly code: EndWord;
  };
  readonly 'Airlock.RotationCompleted.v1': AboutCredential & {
    readonly runId: string;
    readonly outcome: 'rotated' | 'rotatedPartly';
    readonly from?: string;
    readonly to: string;
    readonly expiresOn?: string;
    readonly counts: RotationCounts;
  };
  readonly 'Airlock.RotationRolledBack.v1': AboutCredential & {
    readonly runId: string;
    readonly problem: Problem;
    readonly counts: RotationCounts;
  };
  /** Each time from the second on that it fails in the same way. */
  readonly 'Airlock.RotationKeepsFailing.v1': AboutCredential & {
    readonly runId: string;
    /** Code of the problem, or the rotation's outcome. */
    readonly code: EndWord;
    /** How often in a row. */
    readonly times: number;
    readonly problem?: Problem;
  };
  readonly 'Airlock.DebtOutstanding.v1': AboutCredential & {
    readonly runId: string;
    readonly kind: DebtKind;
    /** Key id, label of a key, or the runtime's resource id. */
    readonly what: string;
    readonly since: string;
    readonly reason: string;
  };
  /** Each runtime is told of once, under each profile. */
  readonly 'Airlock.ExistingRuntimesFound.v1': {
    readonly runId: string;
    readonly profile: string;
    /** How many were there before the app; nothing is written to them. */
    readonly count: number;
    /** Some of them. */
    readonly runtimes: readonly string[];
  };
  readonly 'Airlock.CredentialExpiring.v1': AboutCredential & {
    readonly runId: string;
    readonly problem: Problem;
  };
}

export type NotificationType = keyof NotificationData;

/** One event, before its id and its time. */
export type Notification = {
  readonly [T in NotificationType]: {
    readonly type: T;
    /** The runtime's resource id, `credentials/{name}`, `profiles/{name}`, `runs/{id}` or `sweep`. */
    readonly subject: string;
    readonly data: NotificationData[T];
  };
}[NotificationType];

/** The same event of the same run always has the same id, however often an activity is repeated. */
export function notificationId({ type, subject, data }: Notification): string {
  return sha256Hex([type, subject, data.runId, aboutOf(data)].join('\n')).slice(0, 32);
}

/** What tells several events of a type apart that one run sends. */
function aboutOf(data: Notification['data']): string {
  if ('what' in data) return data.what;
  if ('runtime' in data) return data.runtime;
  if ('target' in data) return data.problem.code;
  return 'instruction' in data ? data.by.invocationId : '';
}
