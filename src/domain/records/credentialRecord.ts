/**
 * What the app remembers of one credential: which rotation works on it and how far it is, what nothing may be written
 * with any more, what is outstanding. State of a durable entity: every operation is a pure step, and two callers never
 * interleave. Each may come twice, at once or much later: it names its run and the run's phase, and nothing goes back
 * (repeatable.ts). Times are milliseconds since the epoch, from the orchestration that calls.
 */

import {
  type CredentialRecord,
  type EndedCredentialRun,
  type KnownOfCredential,
  knownOf,
  without,
} from '../rotation/credentialState.js';
import { withLeft } from '../rotation/debts.js';
import { type Finish, type Finished, finish, REMEMBER_ENDED } from '../rotation/finishing.js';
import { type Announcement, announcementOf } from '../rotation/onceADay.js';
import { type ActiveRotation, mayFollow, type RotationPhase } from '../rotation/phases.js';
import { endedRun, type Repeatable, type RunEnd, withEnded } from '../runs/repeatable.js';
import type { CredentialVersion } from '../values/credentialVersion.js';

const MAX_RETIRED = 50;

export type CredentialOperation = Repeatable<
  | {
      readonly kind: 'begin';
      readonly runId: string;
      readonly phase: 'preparing';
      readonly now: number;
      readonly claimMs: number;
      /** Where another run works on the credential, it leaves no signal for that one. */
      readonly quiet?: true;
    }
  /** Changes nothing. */
  | { readonly kind: 'read' }
  | { readonly kind: 'renew'; readonly runId: string; readonly now: number; readonly claimMs: number }
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
  | ({ readonly kind: 'announce' } & Announcement)
  | Finish
>;

export type CredentialAnswer =
  | ({ readonly kind: 'begun' } & KnownOfCredential)
  /** `working`: the rotation that works on the credential. */
  | ({ readonly kind: 'known'; readonly working?: ActiveRotation } & KnownOfCredential)
  /** The run has ended, or is told no (`busy`): now, or when it asked before. */
  | { readonly kind: 'ended'; readonly end: RunEnd }
  /** Whether the run still is the one that works on the credential. */
  | { readonly kind: 'claim'; readonly held: boolean }
  /** Whether the run tells; if not, another one has told today. */
  | { readonly kind: 'announcement'; readonly announces: boolean }
  | Finished;

type Applied = { readonly record: CredentialRecord; readonly answer: CredentialAnswer };
type Operation<K extends CredentialOperation['kind']> = Extract<CredentialOperation, { kind: K }>;

/** Carries out one operation. Returns the state after it and the answer for the caller. */
export function applyToCredential(record: CredentialRecord, operation: CredentialOperation): Applied {
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
        rotation: { ...rotation, until: Math.max(rotation.until, operation.now + operation.claimMs) },
      }));
    case 'advance':
      return asOwner(record, operation.runId, (rotation) =>
        mayFollow(rotation.phase, operation.phase)
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
    case 'announce': {
      const { kind: _, ...wanted } = operation;
      const { announces, announced } = announcementOf(record.announced ?? [], wanted);
      return {
        record: announces ? { ...record, announced } : record,
        answer: { kind: 'announcement', announces },
      };
    }
    case 'finish':
      return finish(record, operation);
  }
}

function begin(record: CredentialRecord, { runId, now, claimMs, quiet }: Operation<'begin'>): Applied {
  const before = endedRun(record.ended, runId);
  if (before) return { record, answer: { kind: 'ended', end: endOf(before) } };
  const { rotation } = record;
  if (rotation && rotation.runId !== runId && rotation.until > now) {
    const end: RunEnd = { outcome: 'busy', otherRunId: rotation.runId };
    return {
      record: {
        ...record,
        rotation: quiet ? rotation : { ...rotation, pendingSignals: (rotation.pendingSignals ?? 0) + 1 },
        ended: withEnded(record.ended, { runId, at: now, ...end }, REMEMBER_ENDED),
      },
      answer: { kind: 'ended', end },
    };
  }
  const begun: CredentialRecord['rotation'] =
    rotation?.runId === runId
      ? { ...rotation, until: Math.max(rotation.until, now + claimMs) }
      : { runId, until: now + claimMs, phase: 'preparing' };
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

function asOwner(
  record: CredentialRecord,
  runId: string,
  change: (rotation: ActiveRotation) => CredentialRecord,
): Applied {
  if (record.rotation?.runId !== runId) return { record, answer: { kind: 'claim', held: false } };
  return { record: change(record.rotation), answer: { kind: 'claim', held: true } };
}
