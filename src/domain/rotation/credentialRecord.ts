/**
 * What the app remembers of one credential: which rotation works on it and how far it is, what nothing may be written
 * with any more, what is owed. State of a durable entity: every operation is a pure step, and two callers never
 * interleave. Each may come twice, at once or much later: it names its run and the run's phase, and nothing goes back
 * (../repeatable.ts). Times are milliseconds since the epoch, from the orchestration that calls.
 */
import { sha256Hex } from '../digest.js';
import type { CredentialVersion } from '../plan.js';
import type { Credential } from '../profile.js';
import { type EndedRun, endedRun, type Repeatable, type RunEnd, withEnded } from '../repeatable.js';
import { sameId } from '../sameId.js';
import {
  type FailedPilot,
  type Failures,
  failedPilotsAfter,
  failuresAfter,
  type Pin,
  pinAfter,
} from './failures.js';
import { type Told, tellingOf } from './onceADay.js';
import { type Rejection, rejectionAfter } from './rejection.js';

/** How far a rotation is: `moving` may still go back, `committed` only forward. */
export type RotationPhase = 'preparing' | 'moving' | 'committed' | 'goingBack';

/** Which phases may follow one: none comes back, and from `committed` there is no way back. */
const FOLLOWING: Readonly<Record<RotationPhase, readonly RotationPhase[]>> = {
  preparing: ['moving', 'committed', 'goingBack'],
  moving: ['committed', 'goingBack'],
  committed: [],
  goingBack: [],
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

/**
 * `removeKey`: a key is to go. `removeLabelled`: a key with this label may be there, unseen as yet. `moveRuntime`: a
 * runtime is to get the credential in use.
 */
export type DebtKind = 'removeKey' | 'removeLabelled' | 'moveRuntime';

/** Something that a run could not undo or remove. The sweep tries again until it is paid. */
export interface Debt {
  readonly kind: DebtKind;
  /** Key id or label in the directory, or the runtime's resource id. */
  readonly what: string;
  readonly since: string;
  readonly runId: string;
  /** Why it could not be done, for people. */
  readonly reason: string;
  /** It is only too early to look: nobody is told of it before this moment. ISO 8601. */
  readonly quietUntil?: string;
}

export interface CredentialRecord {
  /**
   * Id of the task hub, for the labels of keys: made by chance with the record and lost with it, since a hub that knows
   * nothing of its past must not take what it finds for its own. Eight hexadecimal digits.
   */
  readonly hub: string;
  readonly rotation?: ActiveRotation & {
    /** How many events and requests came while the run works: more than none leads to one more look. */
    readonly notes?: number;
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
  readonly told?: readonly Told[];
  /** Rotations that ended or were told no, newest last. */
  readonly ended: readonly EndedCredentialRun[];
}

/** `again`: something was noted while it worked, so that another run looks once more. */
type EndedCredentialRun = EndedRun & { readonly again?: true };

export const EMPTY_CREDENTIAL_RECORD: CredentialRecord = {
  hub: '',
  retiring: [],
  debts: [],
  failures: { count: 0, lastAt: 0 },
  ended: [],
};

const REMEMBER_ENDED = { count: 200 };
const MAX_RETIRED = 50;

export type CredentialOperation = Repeatable<
  | {
      readonly kind: 'begin';
      readonly runId: string;
      readonly phase: 'preparing';
      readonly now: number;
      readonly holdMs: number;
      /** Where another run works on the credential, nothing is noted for it. */
      readonly quiet?: true;
    }
  /** Changes nothing. */
  | { readonly kind: 'read' }
  | { readonly kind: 'renew'; readonly runId: string; readonly now: number; readonly holdMs: number }
  | {
      readonly kind: 'advance';
      readonly runId: string;
      readonly phase: RotationPhase;
      readonly from?: CredentialVersion;
      readonly to?: CredentialVersion;
      readonly over?: string;
      readonly removable?: readonly string[];
    }
  | { readonly kind: 'retire'; readonly runId: string; readonly credentialId: string }
  /** Asks whether this run tells of something today. */
  | ({ readonly kind: 'tell' } & Told)
  | {
      readonly kind: 'finish';
      readonly runId: string;
      readonly phase: 'ended';
      readonly end: RunEnd;
      readonly now: number;
      readonly result: 'done' | 'failed' | 'nothing';
      readonly debts: readonly Debt[];
      readonly paid: readonly string[];
      /** The run looked at every runtime: which are behind is in `debts`, and earlier entries are not. */
      readonly lookedAtAll: boolean;
      /** The version that had to go back, and what the runtimes have instead. */
      readonly pin?: Pick<Pin, 'use' | 'insteadOf' | 'secretVersion'>;
      /** Version of the secret that is current at the end, as far as the run knows. */
      readonly secretVersion?: string;
      /** Resource ids of runtimes that were no good as pilots. */
      readonly failedPilots: readonly string[];
      /** A person said no at one of its gates. */
      readonly rejection?: Rejection;
      /** A person asked for the rotation. */
      readonly asked?: true;
      /** Removed for good, or usable again: nothing stands in the way of these ids any more. */
      readonly unretire: readonly string[];
    }
>;

/** What of a record a rotation goes by. */
export type KnownOfCredential = Pick<
  CredentialRecord,
  'hub' | 'debts' | 'pinned' | 'failures' | 'committed' | 'failedPilots' | 'rejection'
>;

export type CredentialAnswer =
  | ({ readonly kind: 'begun' } & KnownOfCredential)
  /** `working`: the rotation that works on the credential. */
  | ({ readonly kind: 'known'; readonly working?: ActiveRotation } & KnownOfCredential)
  /** The run has ended, or is told no (`busy`): now, or when it asked before. */
  | { readonly kind: 'ended'; readonly end: RunEnd }
  /** Whether the run still is the one that works on the credential. */
  | { readonly kind: 'standing'; readonly held: boolean }
  /** Whether the run tells; if not, another one has told today. */
  | { readonly kind: 'telling'; readonly tells: boolean }
  /** `again`: something was noted meanwhile, another run has to look once more. */
  | { readonly kind: 'finished'; readonly again: boolean };

type Step = { readonly record: CredentialRecord; readonly answer: CredentialAnswer };
type Operation<K extends CredentialOperation['kind']> = Extract<CredentialOperation, { kind: K }>;

/** Key of a credential's record: two names for one secret of one application are one credential. */
export function credentialRecordKey({ tenantId, clientId, secret }: Credential): string {
  const identity = [tenantId, clientId, secret.vault, secret.name].join('\n').toLowerCase();
  return sha256Hex(identity).slice(0, 32);
}

/** Carries out one operation. Returns the state after it and the answer for the caller. */
export function applyToCredential(record: CredentialRecord, operation: CredentialOperation): Step {
  switch (operation.kind) {
    case 'begin':
      return begin(record, operation);
    case 'read':
      return {
        record,
        answer: {
          kind: 'known',
          ...knownOf(record),
          ...(record.rotation ? { working: record.rotation } : {}),
        },
      };
    case 'renew':
      return asOwner(record, operation.runId, (rotation) => ({
        ...record,
        rotation: { ...rotation, until: Math.max(rotation.until, operation.now + operation.holdMs) },
      }));
    case 'advance':
      return asOwner(record, operation.runId, (rotation) =>
        FOLLOWING[rotation.phase].includes(operation.phase)
          ? {
              ...record,
              ...(operation.phase === 'committed' && operation.to
                ? { committed: operation.to.credentialId }
                : {}),
              rotation: {
                ...rotation,
                phase: operation.phase,
                ...(operation.from ? { from: operation.from } : {}),
                ...(operation.to ? { to: operation.to } : {}),
                ...(operation.over ? { over: operation.over } : {}),
                ...(operation.removable ? { removable: operation.removable } : {}),
              },
            }
          : record,
      );
    case 'retire':
      return asOwner(record, operation.runId, () => ({
        ...record,
        retiring: [...without(record.retiring, [operation.credentialId]), operation.credentialId].slice(
          -MAX_RETIRED,
        ),
      }));
    case 'tell': {
      const { kind: _, ...wanted } = operation;
      const { tells, told } = tellingOf(record.told ?? [], wanted);
      return { record: tells ? { ...record, told } : record, answer: { kind: 'telling', tells } };
    }
    case 'finish':
      return finish(record, operation);
  }
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

function begin(record: CredentialRecord, { runId, now, holdMs, quiet }: Operation<'begin'>): Step {
  const before = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'ended', end: endOf(before) } };
  const { rotation } = record;
  if (rotation && rotation.runId !== runId && rotation.until > now) {
    const end: RunEnd = { outcome: 'busy', otherRunId: rotation.runId };
    return {
      record: {
        ...record,
        rotation: quiet ? rotation : { ...rotation, notes: (rotation.notes ?? 0) + 1 },
        ended: withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED),
      },
      answer: { kind: 'ended', end },
    };
  }
  const begun: CredentialRecord['rotation'] =
    rotation?.runId === runId
      ? { ...rotation, until: Math.max(rotation.until, now + holdMs) }
      : { runId, until: now + holdMs, phase: 'preparing' };
  const known = rotation ? { ...record, debts: withLeft(record.debts, rotation, now) } : record;
  // What a run that begins again was to remove is its own still, and no debt yet.
  const taken = rotation?.runId === runId ? record : known;
  return {
    record: { ...taken, rotation: begun },
    answer: { kind: 'begun', ...knownOf(known) },
  };
}

function endOf({ runId: _, at: __, again: ___, ...end }: EndedCredentialRun): RunEnd {
  return end;
}

/** The debts with what a run left that was silent for too long: the keys that it was about to remove. */
function withLeft(
  debts: readonly Debt[],
  { runId, removable = [] }: ActiveRotation,
  now: number,
): readonly Debt[] {
  const left = removable.map(
    (what): Debt => ({
      kind: 'removeKey',
      what,
      since: new Date(now).toISOString(),
      runId,
      reason: 'The run that was to remove it ended without a word',
    }),
  );
  return [...debts, ...left.filter((debt) => !debts.some(isSameDebt(debt)))];
}

function isSameDebt(one: Debt): (other: Debt) => boolean {
  return (other) => one.kind === other.kind && sameId(one.what, other.what);
}

function knownOf({
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

function asOwner(
  record: CredentialRecord,
  runId: string,
  change: (rotation: ActiveRotation) => CredentialRecord,
): Step {
  if (record.rotation?.runId !== runId) return { record, answer: { kind: 'standing', held: false } };
  return { record: change(record.rotation), answer: { kind: 'standing', held: true } };
}

function finish(record: CredentialRecord, operation: Operation<'finish'>): Step {
  const { runId, now, end, debts, paid, unretire } = operation;
  // Asked once more, it has nothing to say that others have not gone on from meanwhile.
  const before: EndedCredentialRun | undefined = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'finished', again: before.again === true } };
  // Of a credential that another run has taken over it only says what it owes.
  const mine = record.rotation === undefined || record.rotation.runId === runId;
  const lookedAtAll = mine && operation.lookedAtAll;
  const kept = record.debts.filter(
    (debt) =>
      !paid.some((what) => sameId(what, debt.what)) &&
      !debts.some(isSameDebt(debt)) &&
      !(lookedAtAll && debt.kind === 'moveRuntime'),
  );
  const { rotation, pinned: _, rejection: known, ...rest } = record;
  const again = mine && (rotation?.notes ?? 0) > 0;
  const result = mine ? operation.result : 'nothing';
  const failures = failuresAfter(record.failures, { ...operation, result });
  // A pin stands until everybody has a version by a commit, whatever else a run does meanwhile.
  const hasCommitted = mine && rotation?.phase === 'committed';
  const pinned =
    (mine ? pinAfter(record.pinned, operation, failures) : undefined) ??
    (hasCommitted ? undefined : record.pinned);
  const failedPilots = failedPilotsAfter(record.failedPilots, operation);
  const rejection = mine ? rejectionAfter(known, operation) : known;
  const ended: EndedCredentialRun = { runId, at: now, ...end, ...(again ? { again: true } : {}) };
  return {
    record: {
      ...rest,
      ...(rotation && !mine ? { rotation } : {}),
      ...(pinned ? { pinned } : {}),
      ...(rejection ? { rejection } : {}),
      retiring: without(record.retiring, unretire),
      // An old debt keeps its date: how long it stands is what people need to see.
      debts: [
        ...kept,
        ...debts.map((debt) => ({
          ...debt,
          since: record.debts.find(isSameDebt(debt))?.since ?? debt.since,
        })),
      ],
      failures,
      ...(failedPilots.length > 0 || record.failedPilots ? { failedPilots } : {}),
      ended: withEnded(record.ended, ended, REMEMBER_ENDED),
    },
    answer: { kind: 'finished', again },
  };
}

function without(ids: readonly string[], gone: readonly string[]): string[] {
  return ids.filter((id) => !gone.some((other) => sameId(id, other)));
}
