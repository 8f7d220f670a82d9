import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyToRecord,
  EMPTY_RECORD,
  holdsLease,
  isResting,
  type RecordAnswer,
  type RecordOperation,
  type RuntimeRecord,
  runtimeRecordKey,
} from '../../../src/domain/runtimeRecord.js';

const HOLD = 30 * 60_000;
const LEASE = 10 * 60_000;

/** Carries out operations one after the other; returns the last state and every answer. */
function play(...operations: RecordOperation[]): { record: RuntimeRecord; answers: RecordAnswer[] } {
  let record = EMPTY_RECORD;
  const answers = operations.map((operation) => {
    const step = applyToRecord(record, operation);
    record = step.record;
    return step.answer;
  });
  return { record, answers };
}

const begin = (runId: string, now = 0): RecordOperation => ({ kind: 'begin', runId, now, holdMs: HOLD });
const finish = (runId: string, now = 0, more = {}): RecordOperation => ({
  kind: 'finish',
  runId,
  now,
  holdMs: HOLD,
  ...more,
});
const acquire = (runId: string, now = 0): RecordOperation => ({
  kind: 'acquireLease',
  runId,
  now,
  leaseMs: LEASE,
});
const renew = (runId: string, now = 0, leased = true): RecordOperation => ({
  kind: 'renew',
  runId,
  now,
  holdMs: HOLD,
  ...(leased ? { leaseMs: LEASE } : {}),
});

describe('the record of a runtime', () => {
  it('turns any number of events during a run into exactly one more look', () => {
    const { answers, record } = play(
      begin('a'),
      begin('b', 1),
      begin('c', 2),
      begin('d', 3),
      finish('a', 4),
      finish('a', 5),
    );

    expect(answers.slice(1, 4)).toEqual([1, 2, 3].map(() => ({ kind: 'busy', runId: 'a' })));
    expect(answers.slice(4)).toEqual([
      { kind: 'finished', again: true },
      { kind: 'finished', again: false },
    ]);
    expect(record.work).toBeUndefined();
  });

  it('knows the same run again after it has ended', () => {
    const { answers } = play(begin('a'), finish('a', 1), begin('a', 2));

    expect(answers[2]).toEqual({ kind: 'duplicate' });
  });

  it('answers a redelivered begin of the working run as the first one', () => {
    const { answers } = play(begin('a'), begin('a', 1));

    expect(answers).toEqual([{ kind: 'begun' }, { kind: 'begun' }]);
  });

  it('lets another run take over from one that is silent past its hold', () => {
    const { answers } = play(
      begin('a'),
      begin('b', HOLD),
      finish('a', HOLD + 1),
      renew('a', HOLD + 2, false),
    );

    expect(answers[1]).toEqual({ kind: 'begun' });
    expect(answers[2]).toEqual({ kind: 'finished', again: false });
    expect(answers[3]).toEqual({ kind: 'renewed', held: false });
  });

  it('does not end the work of the run that took over', () => {
    const { record } = play(begin('a'), begin('b', HOLD), finish('a', HOLD + 1));

    expect(record.work?.runId).toBe('b');
  });

  it('gives the lease to one owner until its deadline, then to the next', () => {
    const { answers, record } = play(begin('a'), acquire('a'), acquire('b', LEASE - 1), acquire('b', LEASE));

    expect(answers.slice(1)).toEqual([
      { kind: 'lease', held: true, owner: 'a', until: LEASE },
      { kind: 'lease', held: false, owner: 'a', until: LEASE },
      { kind: 'lease', held: true, owner: 'b', until: 2 * LEASE },
    ]);
    expect(holdsLease(record, 'a')).toBe(false);
    expect(holdsLease(record, 'b')).toBe(true);
  });

  it('never gives a lost lease back by renewing it', () => {
    const { answers } = play(begin('a'), acquire('a'), acquire('b', LEASE), renew('a', LEASE + 1));

    expect(answers[3]).toEqual({ kind: 'renewed', held: false });
  });

  it('releases the lease when the run finishes, also when it looks once more', () => {
    const { record } = play(begin('a'), acquire('a'), begin('b'), finish('a', 1));

    expect(record.lease).toBeUndefined();
    expect(record.work).toEqual({ runId: 'a', until: 1 + HOLD, notes: 0 });
  });

  it('remembers what was proven and hands it to the next run, until the runtime is gone', () => {
    const proof = { fingerprint: 'f', credentialId: 'k', provenAt: '2026-01-01T00:00:00.000Z', runId: 'a' };
    const { answers, record } = play(
      begin('a'),
      finish('a', 1, { proof }),
      begin('b', 2),
      finish('b', 3, { forgetProof: true }),
    );

    expect(answers[2]).toEqual({ kind: 'begun', proof });
    expect(record.proof).toBeUndefined();
  });

  it('does not look again after a cancelled run', () => {
    const { answers } = play(begin('a'), begin('b'), finish('a', 1, { last: true }));

    expect(answers[2]).toEqual({ kind: 'finished', again: false });
  });

  it('forgets ended runs after three days and keeps at most 200', () => {
    const day = 24 * 3600 * 1000;
    const many = Array.from({ length: 250 }, (_, n) => [begin(`r${n}`, n), finish(`r${n}`, n)]).flat();

    const soon = play(...many);
    const late = play(begin('old'), finish('old'), begin('new', 4 * day), finish('new', 4 * day));

    expect(soon.record.ended).toHaveLength(200);
    expect(late.record.ended.map((run) => run.runId)).toEqual(['new']);
  });

  it('has one key for all spellings of a runtime', () => {
    const id = {
      subscription: '00000000-0000-0000-0000-00000000000A',
      resourceGroup: 'RG',
      factory: 'Adf-One',
      name: 'Etl',
    };
    const shouted = { ...id, resourceGroup: 'rg', factory: 'ADF-ONE', name: 'ETL' };

    expect(runtimeRecordKey(shouted)).toBe(runtimeRecordKey(id));
    expect(runtimeRecordKey(id)).toMatch(/^[0-9a-f]{32}$/);
  });

  const HOUR = 3_600_000;
  const failing = (...ends: readonly (boolean | undefined)[]) =>
    play(
      ...ends.flatMap((failed, place) => [
        begin(`r${place}`),
        finish(`r${place}`, 0, failed === undefined ? {} : { failed }),
      ]),
    ).record;
  it.each([
    { label: 'not at all before a failure', ends: [], hours: 0 },
    { label: 'for an hour after one', ends: [true], hours: 1 },
    { label: 'longer after each more', ends: [true, true, true], hours: 4 },
    { label: 'no longer after a run that tells nothing', ends: [true, undefined], hours: 1 },
    { label: 'not at all after one that went well', ends: [true, true, false], hours: 0 },
    { label: 'for an hour after the next failure', ends: [true, true, false, true], hours: 1 },
  ])('rests $label', ({ ends, hours }) => {
    const record = failing(...ends);

    expect(isResting(record, hours * HOUR - 1)).toBe(hours > 0);
    expect(isResting(record, hours * HOUR)).toBe(false);
  });

  it('counts a run that looks once more only by its end', () => {
    const { record } = play(
      begin('a'),
      begin('b'),
      finish('a', 0, { failed: true }),
      finish('a', 0, { failed: false }),
    );

    expect(isResting(record, 0)).toBe(false);
  });

  it('never has two writers, whatever order runs come in', () => {
    const runs = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({
      runId: runs,
      op: fc.constantFrom('begin', 'acquire', 'renew', 'finish', 'release'),
      wait: fc.integer({ min: 0, max: LEASE }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let record = EMPTY_RECORD;
        let now = 0;
        const until = new Map<string, number>();
        for (const { runId, op, wait } of steps) {
          now += wait;
          const operation: RecordOperation =
            op === 'begin'
              ? begin(runId, now)
              : op === 'acquire'
                ? acquire(runId, now)
                : op === 'renew'
                  ? renew(runId, now)
                  : op === 'finish'
                    ? finish(runId, now)
                    : { kind: 'releaseLease', runId, now };
          const { record: next, answer } = applyToRecord(record, operation);
          record = next;
          if (answer.kind === 'lease' && answer.held) until.set(runId, answer.until);
          if (answer.kind === 'renewed' && answer.held) until.set(runId, now + LEASE);
          if (op === 'finish' || op === 'release') until.delete(runId);
          const holders = [...until].filter(([, deadline]) => deadline > now).map(([run]) => run);
          expect(holders.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
