/** Operations on a credential's record that the tests of its rules share. */
import {
  applyToCredential,
  type CredentialAnswer,
  type CredentialOperation,
} from '../../../../src/domain/records/credentialRecord.js';
import {
  type CredentialRecord,
  EMPTY_CREDENTIAL_RECORD,
} from '../../../../src/domain/rotation/credentialState.js';
import type { RotationPhase } from '../../../../src/domain/rotation/phases.js';
import type { Debt } from '../../../../src/domain/runs/rotations.js';
import { HOUR } from './inventories.js';

export const HOLD = 12 * HOUR;

type Of<K extends CredentialOperation['kind']> = Extract<CredentialOperation, { kind: K }>;

export const begin = (runId: string, now = 0, more: { quiet?: true } = {}): Of<'begin'> => ({
  kind: 'begin',
  runId,
  phase: 'preparing',
  now,
  claimMs: HOLD,
  ...more,
});
export const renew = (runId: string, now: number): Of<'renew'> => ({
  kind: 'renew',
  runId,
  now,
  claimMs: HOLD,
});
export const advance = (
  runId: string,
  phase: RotationPhase,
  more: Pick<Of<'advance'>, 'from' | 'to' | 'removable'> = {},
): Of<'advance'> => ({ kind: 'advance', runId, phase, ...more });
export const retire = (runId: string, credentialId: string): Of<'retire'> => ({
  kind: 'retire',
  runId,
  credentialId,
});
export const finish = (runId: string, now: number, more: Partial<Of<'finish'>> = {}): Of<'finish'> => ({
  kind: 'finish',
  runId,
  phase: 'ended',
  end: { outcome: 'rotated' },
  now,
  result: 'done',
  debts: [],
  cleared: [],
  sawEverything: false,
  failedPilots: [],
  unretire: [],
  ...more,
});
export const debt = (what: string, more: Partial<Debt> = {}): Debt => ({
  kind: 'removeKey',
  what,
  since: '2026-11-01T00:00:00.000Z',
  runId: 'run',
  reason: 'somebody has it',
  ...more,
});

/** Carries out operations one after the other; gives the last state and every answer. */
export function play(...operations: CredentialOperation[]): {
  readonly record: CredentialRecord;
  readonly answers: readonly CredentialAnswer[];
} {
  let record = EMPTY_CREDENTIAL_RECORD;
  const answers = operations.map((operation) => {
    const step = applyToCredential(record, operation);
    record = step.record;
    return step.answer;
  });
  return { record, answers };
}
