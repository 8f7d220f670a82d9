import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyToRecord } from '../../../../src/domain/records/applyToRecord.js';
import type { RecordAnswer, RecordOperation } from '../../../../src/domain/records/runtimeOperations.js';
import {
  EMPTY_RECORD,
  holdsLease,
  isCarried,
  type RuntimeRecord,
  restsUntil,
} from '../../../../src/domain/records/runtimeRecord.js';
import { runtimeRecordKey } from '../../../../src/domain/values/runtimeId.js';
import { runtimeIdOf } from '../../../../src/runtimes/data-factory/resourceId.js';

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

const begin = (
  runId: string,
  now = 0,
  more: { pass?: number; asksAgain?: true; quiet?: true } = {},
): RecordOperation => ({
  kind: 'begin',
  runId,
  pass: 1,
  now,
  claimMs: HOLD,
  ...more,
});
const finish = (runId: string, now = 0, more = {}): RecordOperation => ({
  kind: 'finish',
  runId,
  pass: 1,
  now,
  claimMs: HOLD,
  end: { outcome: 'enabled' },
  ...more,
});
const acquire = (runId: string, now = 0, pass = 1, changes = true): RecordOperation => ({
  kind: 'acquireLease',
  runId,
  pass: pass,
  now,
  leaseMs: LEASE,
  changes,
});
const renew = (runId: string, now = 0, leased = true, pass = 1): RecordOperation => ({
  kind: 'renew',
  runId,
  pass: pass,
  now,
  claimMs: HOLD,
  ...(leased ? { leaseMs: LEASE } : {}),
});

describe('the record of a runtime', () => {
  it('turns any number of events during a run into exactly one more pass', () => {
    const { answers, record } = play(
      begin('a'),
      begin('b', 1),
      begin('c', 2),
      begin('d', 3),
      finish('a', 4),
      finish('a', 5, { pass: 2 }),
    );

    const busy = { kind: 'ended', end: { outcome: 'busy', otherRunId: 'a' } };
    expect(answers.slice(1, 4)).toEqual([busy, busy, busy]);
    expect(answers.slice(4)).toEqual([
      { kind: 'finished', again: true },
      { kind: 'finished', again: false },
    ]);
    expect(record.work).toBeUndefined();
  });

  it('knows the same run again after it has ended', () => {
    const end = { outcome: 'checkFailed', changed: true, code: 'wrongAnswer' } as const;
    const { answers } = play(begin('a'), finish('a', 1, { end }), begin('a', 2));

    expect(answers[2]).toEqual({ kind: 'ended', end });
  });

  it('answers a redelivered begin of the working run as the first one', () => {
    const { answers } = play(begin('a'), begin('a', 1));

    expect(answers).toEqual([
      { kind: 'begun', pass: 1 },
      { kind: 'begun', pass: 1 },
    ]);
  });

  it('lets another run take over from one that is silent until its claim has lapsed', () => {
    const { answers } = play(
      begin('a'),
      begin('b', HOLD),
      finish('a', HOLD + 1),
      renew('a', HOLD + 2, false),
    );

    expect(answers[1]).toEqual({ kind: 'begun', pass: 1 });
    expect(answers[2]).toEqual({ kind: 'finished', again: false });
    expect(answers[3]).toEqual({ kind: 'renewed', held: false });
  });

  it('does not end the work of the run that took over', () => {
    const { record } = play(begin('a'), begin('b', HOLD), finish('a', HOLD + 1));

    expect(record.work?.runId).toBe('b');
  });

  it('gives the lease to the run that works, whose claim lasts as long, then to the next', () => {
    const late = HOLD - 1 + LEASE;
    const { answers, record } = play(
      begin('a'),
      acquire('a', HOLD - 1),
      begin('b', late - 1),
      acquire('b', late - 1),
      begin('c', late),
      acquire('c', late),
    );

    expect(answers.map((answer) => (answer.kind === 'lease' ? answer.held : answer.kind))).toEqual([
      'begun',
      true,
      'ended',
      false,
      'begun',
      true,
    ]);
    expect(holdsLease(record, 'a', 1)).toBe(false);
    expect(holdsLease(record, 'c', 1)).toBe(true);
    expect(holdsLease(record, 'c', 2)).toBe(false);
  });

  it('never gives a lost lease back by renewing it', () => {
    const { answers } = play(
      begin('a'),
      acquire('a'),
      begin('b', HOLD),
      acquire('b', HOLD),
      renew('a', HOLD + 1),
    );

    expect(answers[4]).toEqual({ kind: 'renewed', held: false });
  });

  it('keeps what reads have shown and what was written, as long as it is the same runtime', () => {
    const settings = { wanted: 'w', state: 'written' } as const;
    const seen = { requirements: 1, webHost: 'one.example' };
    const known = [begin('a'), finish('a', 1, { seen, settings })];
    const recordAfter = (more: object) => play(...known, begin('b', 2), finish('b', 3, more)).record;

    expect(recordAfter({})).toMatchObject({ seen, settings });
    expect(recordAfter({ seen: { environment: 2 } })).toMatchObject({
      seen: { ...seen, environment: 2 },
      settings,
    });
    expect(recordAfter({ settings: { ...settings, state: 'shown' } }).settings?.state).toBe('shown');
    const anew = recordAfter({ seen: { webHost: 'two.example' } });
    expect(anew.seen).toEqual({ webHost: 'two.example' });
    expect(anew.settings).toBeUndefined();
    expect(recordAfter({ forgetProof: true })).not.toMatchObject({ seen: expect.anything() });
  });

  it('releases the lease when the run finishes, also when it makes one more pass', () => {
    const { record } = play(begin('a'), acquire('a'), begin('b'), finish('a', 1));

    expect(record.lease).toBeUndefined();
    expect(record.work).toEqual({ runId: 'a', pass: 2, until: 1 + HOLD, pendingSignals: 0 });
  });

  it('remembers what was proven and hands it to the next run, until the runtime is gone', () => {
    const proof = { fingerprint: 'f', credentialId: 'k', provenAt: '2026-01-01T00:00:00.000Z', runId: 'a' };
    const { answers, record } = play(
      begin('a'),
      finish('a', 1, { proof }),
      begin('b', 2),
      finish('b', 3, { forgetProof: true }),
    );

    expect(answers[2]).toEqual({ kind: 'begun', pass: 1, proof });
    expect(record.proof).toBeUndefined();
  });

  it('takes a proof away with a check that fails, until another passes', () => {
    const proof = { fingerprint: 'f', credentialId: 'k', provenAt: '2026-01-01T00:00:00.000Z', runId: 'a' };
    const proven = [begin('a'), finish('a', 1, { proof })];
    const failed = [...proven, begin('b', 2), finish('b', 3, { revoked: 'vaultRoleMissing' })];
    const { record } = play(...failed);

    expect(record.proof).toBeUndefined();
    expect(record.revoked).toEqual({ code: 'vaultRoleMissing', at: '1970-01-01T00:00:00.003Z', runId: 'b' });
    const again = play(...failed, begin('c', 4), finish('c', 5, { proof })).record;
    expect(again.proof).toEqual(proof);
    expect(again.revoked).toBeUndefined();
    expect(play(...failed, begin('d', 4), finish('d', 5, { failed: true })).record.revoked).toBeDefined();
  });

  it('knows what the processes have from a check that passes until somebody is about to change it', () => {
    const known = [begin('a'), acquire('a'), finish('a', 1, { carried: 'key-1' })];
    const has = (...more: RecordOperation[]) => isCarried(play(...known, ...more).record, 'KEY-1');

    expect(has()).toBe(true);
    expect(isCarried(play(...known).record, 'key-2')).toBe(false);
    expect(
      has(begin('b', 2), acquire('b', 2, 1, false), finish('b', 3, { revoked: 'vaultRoleMissing' })),
    ).toBe(true);
    expect(has(begin('b', 2), acquire('b', 2))).toBe(false);
    expect(has(begin('b', 2), acquire('b', 2), finish('b', 3))).toBe(false);
    expect(has(begin('b', 2), acquire('b', 2), finish('b', 3, { carried: 'key-1' }))).toBe(true);
    expect(has(begin('b', 2), finish('b', 3, { forgetProof: true }))).toBe(false);
    // What comes once more when its run is over changes nothing.
    expect(has(acquire('a', 2))).toBe(true);
    expect(isCarried(undefined, 'key-1')).toBe(false);
  });

  it('does not pass again after a cancelled run', () => {
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

    expect(runtimeRecordKey(runtimeIdOf(shouted))).toBe(runtimeRecordKey(runtimeIdOf(id)));
    expect(runtimeRecordKey(runtimeIdOf(id))).toMatch(/^[0-9a-f]{32}$/);
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

    expect(restsUntil(record, hours * HOUR - 1)).toBe(hours > 0 ? hours * HOUR : undefined);
    expect(restsUntil(record, hours * HOUR)).toBeUndefined();
  });

  it('counts a run that makes one more pass only by its end', () => {
    const { record } = play(
      begin('a'),
      begin('b'),
      finish('a', 0, { failed: true }),
      finish('a', 0, { pass: 2, failed: false }),
    );

    expect(restsUntil(record, 0)).toBeUndefined();
  });

  it('never has two writers, whatever order runs come in', () => {
    const runs = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({
      runId: runs,
      op: fc.constantFrom('begin', 'acquire', 'renew', 'finish'),
      pass: fc.integer({ min: 1, max: 3 }),
      wait: fc.integer({ min: 0, max: LEASE }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let record = EMPTY_RECORD;
        let now = 0;
        const until = new Map<string, number>();
        for (const { runId, op, pass, wait } of steps) {
          now += wait;
          const operation: RecordOperation =
            op === 'begin'
              ? begin(runId, now, { pass })
              : op === 'acquire'
                ? acquire(runId, now, pass)
                : op === 'renew'
                  ? renew(runId, now, true, pass)
                  : finish(runId, now, { pass });
          const { record: next, answer } = applyToRecord(record, operation);
          record = next;
          if (answer.kind === 'lease' && answer.held) until.set(runId, now + LEASE);
          if (answer.kind === 'renewed' && answer.held) until.set(runId, now + LEASE);
          if (op === 'finish') until.delete(runId);
          const holders = [...until].filter(([, deadline]) => deadline > now).map(([run]) => run);
          expect(holders.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('an operation that comes once more, later', () => {
  const proof = { fingerprint: 'f', credentialId: 'k', provenAt: '2026-01-01T00:00:00.000Z', runId: 'a' };
  const MINUTE = 60_000;

  it('begin of the run at work forgets no note', () => {
    const { answers } = play(begin('a'), begin('b', 10), begin('a', 3), finish('a', 20));

    expect(answers[3]).toEqual({ kind: 'finished', again: true });
  });

  it.each([
    { label: 'and ended: it does not get the runtime', more: {} },
    { label: 'and was to leave no note: nor then', more: { quiet: true as const } },
  ])('begin of a run that was told no $label', ({ more }) => {
    const { answers, record } = play(
      begin('b'),
      begin('a', 10, more),
      finish('b', 20, { last: true }),
      begin('a', 13, more),
      begin('c', 30),
    );

    expect(answers[3]).toEqual(answers[1]);
    expect(record.work?.runId).toBe('c');
  });

  it('begin of a run that asks again is answered as things are', () => {
    const { answers } = play(
      begin('b'),
      begin('a', 10, { asksAgain: true }),
      finish('b', 20),
      begin('a', 30),
    );

    expect(answers[1]).toEqual({ kind: 'busy', runId: 'b' });
    expect(answers[3]).toMatchObject({ kind: 'begun' });
  });

  it('begin from the first pass gives the pass that the run is at', () => {
    const { answers } = play(
      begin('a'),
      begin('b', 1),
      finish('a', 2),
      begin('a', 3),
      begin('a', 4, { pass: 2 }),
    );

    expect(answers.slice(3)).toEqual([1, 2].map(() => ({ kind: 'begun', pass: 2 })));
  });

  it('begin of a run that was silent for too long does not get the runtime once another has', () => {
    const { answers } = play(begin('a'), begin('b', HOLD), finish('b', HOLD + 1), begin('a', HOLD + 2));

    expect(answers[3]).toEqual({ kind: 'ended', end: { outcome: 'interrupted' } });
  });

  it.each([
    { label: 'has ended', before: [begin('a'), acquire('a', 1), finish('a', 10)] },
    { label: 'never began', before: [begin('b'), finish('b', 3)] },
    {
      label: 'is at its next pass',
      before: [begin('a'), begin('b', 1), finish('a', 2), begin('a', 3, { pass: 2 })],
    },
  ])('acquireLease of a run that $label opens no fence', ({ before }) => {
    const { answers, record } = play(...before, acquire('a', 6));

    expect(answers.at(-1)).toMatchObject({ kind: 'lease', held: false });
    expect(record.lease).toBeUndefined();
  });

  it('renew takes no deadline back', () => {
    const { record } = play(
      begin('a'),
      acquire('a'),
      renew('a', 5 * MINUTE),
      renew('a', 14 * MINUTE),
      renew('a', 5 * MINUTE),
    );

    expect(record.lease?.until).toBe(24 * MINUTE);
    expect(record.work?.until).toBe(44 * MINUTE);
  });

  it('finish of an earlier pass leaves the later one what it has, and is answered as before', () => {
    const { answers, record } = play(
      begin('a'),
      begin('b', 5),
      finish('a', 10),
      begin('a', 12, { pass: 2 }),
      acquire('a', 13, 2),
      finish('a', 11),
      renew('a', 20, true, 2),
    );

    expect(answers[5]).toEqual({ kind: 'finished', again: true });
    expect(answers[6]).toEqual({ kind: 'renewed', held: true });
    expect(record.ended.map(({ runId }) => runId)).toEqual(['b']);
  });

  it.each([
    {
      label: 'a newer proof stays',
      first: { proof },
      next: { proof: { ...proof, fingerprint: 'f2' } },
      expected: { proof: { ...proof, fingerprint: 'f2' } },
    },
    {
      label: 'a proof that was forgotten stays so',
      first: { proof },
      next: { forgetProof: true },
      expected: { lookedAfter: true },
    },
    {
      label: 'a failure of another counts on',
      first: { failed: false },
      next: { failed: true },
      expected: { failures: { count: 1, lastAt: 30 } },
    },
    {
      label: 'its own failure does not come back',
      first: { failed: true },
      next: { failed: false },
      expected: {},
    },
  ])('finish after the end: $label', ({ first, next, expected }) => {
    const { record } = play(
      begin('a'),
      finish('a', 10, first),
      begin('b', 20),
      finish('b', 30, next),
      finish('a', 12, first),
    );
    const { ended: _, ...rest } = record;

    expect(rest).toEqual(expected);
  });

  it('directly: the same answer and the same state as once', () => {
    const run = fc.constantFrom('a', 'b');
    const step = fc.record({
      runId: run,
      op: fc.constantFrom('begin', 'acquire', 'renew', 'finish'),
      pass: fc.integer({ min: 1, max: 3 }),
      wait: fc.integer({ min: 0, max: HOLD }),
    });
    const operationOf = ({ runId, op, pass }: { runId: string; op: string; pass: number }, now: number) =>
      op === 'begin'
        ? begin(runId, now, { pass })
        : op === 'acquire'
          ? acquire(runId, now, pass)
          : op === 'renew'
            ? renew(runId, now, true, pass)
            : finish(runId, now, { pass, failed: true });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        let now = 0;
        let record = EMPTY_RECORD;
        for (const one of steps) {
          now += one.wait;
          const operation = operationOf(one, now);
          const first = applyToRecord(record, operation);
          expect(applyToRecord(first.record, operation)).toEqual(first);
          record = first.record;
        }
      }),
    );
  });
});
