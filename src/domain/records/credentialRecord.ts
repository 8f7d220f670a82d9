/**
 * What the app remembers of one credential: which rotation works on it and how far it is, what nothing may be written
 * with any more, what is owed. State of a durable entity: every operation is a pure step, and two callers never
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
import { type Told, tellingOf } from '../rotation/onceADay.js';
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
  | Finish
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
  | Finished;

type Step = { readonly record: CredentialRecord; readonly answer: CredentialAnswer };
type Operation<K extends CredentialOperation['kind']> = Extract<CredentialOperation, { kind: K }>;

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
    case 'tell': {
      const { kind: _, ...wanted } = operation;
      const { tells, told } = tellingOf(record.told ?? [], wanted);
      return { record: tells ? { ...record, told } : record, answer: { kind: 'telling', tells } };
    }
    case 'finish':
      return finish(record, operation);
  }
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

function asOwner(
  record: CredentialRecord,
  runId: string,
  change: (rotation: ActiveRotation) => CredentialRecord,
): Step {
  if (record.rotation?.runId !== runId) return { record, answer: { kind: 'standing', held: false } };
  return { record: change(record.rotation), answer: { kind: 'standing', held: true } };
}
