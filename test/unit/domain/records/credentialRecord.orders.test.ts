import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyToCredential,
  type CredentialOperation,
} from '../../../../src/domain/records/credentialRecord.js';
import {
  type CredentialRecord,
  EMPTY_CREDENTIAL_RECORD,
} from '../../../../src/domain/rotation/credentialState.js';
import { version } from '../rotation/inventories.js';
import { advance, begin, debt, finish, HOLD, renew, retire } from '../rotation/records.js';

describe('on the record of a credential, whatever order runs come in', () => {
  const runs = fc.constantFrom('a', 'b', 'c');
  const act = fc.record({
    runId: runs,
    op: fc.constantFrom('begin', 'beginQuietly', 'renew', 'advance', 'retire', 'finish', 'fail'),
    wait: fc.integer({ min: 0, max: HOLD }),
  });
  const operationOf = (runId: string, op: string, now: number): CredentialOperation => {
    if (op === 'begin') return begin(runId, now);
    if (op === 'beginQuietly') return begin(runId, now, { quiet: true });
    if (op === 'renew') return renew(runId, now);
    if (op === 'advance') return advance(runId, 'moving', { to: version(`key-of-${runId}`) });
    if (op === 'retire') return retire(runId, `key-of-${runId}`);
    return finish(runId, now, {
      result: op === 'fail' ? 'failed' : 'done',
      debts: [debt(`key-of-${runId}`)],
    });
  };

  it('never do two own the credential, and only the owner changes it', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        let record = EMPTY_CREDENTIAL_RECORD;
        let now = 0;
        // What an observer knows from the answers alone: who was let in last, and until when nobody else may be.
        let owner: { runId: string; until: number } | undefined;
        for (const { runId, op, wait } of acts) {
          now += wait;
          const before = record;
          const step = applyToCredential(before, operationOf(runId, op, now));
          record = step.record;
          const mine = owner?.runId === runId;
          if (step.answer.kind === 'begun') {
            expect(mine || owner === undefined || owner.until <= now).toBe(true);
            owner = { runId, until: now + HOLD };
          }
          if (before.ended.length < record.ended.length && step.answer.kind === 'ended') {
            const { outcome, otherRunId } = step.answer.end;
            if (outcome === 'busy') expect(otherRunId).toBe(owner?.runId);
          }
          if (step.answer.kind === 'claim') {
            expect(step.answer.held).toBe(mine);
            if (!mine) expect(record).toBe(before);
            if (owner && mine && op === 'renew') owner = { runId, until: now + HOLD };
          }
          if (step.answer.kind === 'finished' && mine) owner = undefined;
          expect(record.rotation?.runId).toBe(owner?.runId);
        }
      }),
    );
  });

  it('the same operation twice is the same as once', () => {
    const once = fc.constantFrom('begin', 'beginQuietly', 'renew', 'advance', 'retire', 'finish');
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), runs, once, (acts, runId, op) => {
        let record: CredentialRecord = EMPTY_CREDENTIAL_RECORD;
        let now = 0;
        for (const one of acts) {
          now += one.wait;
          record = applyToCredential(record, operationOf(one.runId, one.op, now)).record;
        }
        const operation = operationOf(runId, op, now);
        const first = applyToCredential(record, operation);
        const second = applyToCredential(first.record, operation);
        expect(second).toEqual(first);
      }),
    );
  });
});
