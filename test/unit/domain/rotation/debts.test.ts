import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyToCredential } from '../../../../src/domain/records/credentialRecord.js';
import { EMPTY_CREDENTIAL_RECORD } from '../../../../src/domain/rotation/credentialState.js';
import type { Debt } from '../../../../src/domain/runs/rotations.js';
import { begin, debt, finish, play } from './records.js';

const EARLIER = '2026-10-01T00:00:00.000Z';
const owed = (...debts: Debt[]) => [begin('a'), finish('a', 1, { debts })];

/** What is owed after a second run has ended so. */
function owedAfter(debts: Debt[], end: Parameters<typeof finish>[2]) {
  return play(...owed(...debts), begin('b', 2), finish('b', 3, end)).record.debts;
}

describe('the debts of a credential', () => {
  it('are told to the next run', () => {
    const { answers } = play(...owed(debt('key-1')), begin('b', 2));

    expect(answers[2]).toMatchObject({ kind: 'begun', debts: [{ kind: 'removeKey', what: 'key-1' }] });
  });

  const runtime = debt('/subscriptions/s/etl', { kind: 'moveRuntime' });
  it.each([
    { label: 'stands where the next run says nothing of it', end: {}, left: ['key-1', runtime.what] },
    {
      label: 'stands where the next run failed',
      end: { result: 'failed' as const },
      left: ['key-1', runtime.what],
    },
    { label: 'ends when it is cleared', end: { cleared: ['key-1'] }, left: [runtime.what] },
    { label: 'stands where another is cleared', end: { cleared: ['key-2'] }, left: ['key-1', runtime.what] },
    {
      label: 'of a runtime ends where every runtime was looked at',
      end: { sawEverything: true },
      left: ['key-1'],
    },
    {
      label: 'of a runtime stands where it is still behind',
      end: { sawEverything: true, debts: [runtime] },
      left: ['key-1', runtime.what],
    },
    {
      label: 'grows by what is new',
      end: { debts: [debt('key-2')] },
      left: ['key-1', runtime.what, 'key-2'],
    },
    {
      label: 'stands where a run says both',
      end: { cleared: ['key-1'], debts: [debt('key-1')] },
      left: [runtime.what, 'key-1'],
    },
  ])('$label', ({ end, left }) => {
    expect(
      owedAfter([debt('key-1'), runtime], end)
        .map(({ what }) => what)
        .sort(),
    ).toEqual([...left].sort());
  });

  it('keep their date when they are noted again', () => {
    const first = debt('key-1', { since: EARLIER });

    expect(owedAfter([first], { debts: [debt('key-1')] })).toMatchObject([{ what: 'key-1', since: EARLIER }]);
  });

  it('are added also by a run that another one took over from', () => {
    const { record } = play(
      begin('a'),
      begin('b', 24 * 3_600_000),
      finish('a', 24 * 3_600_000, { debts: [debt('key-1')] }),
    );

    expect(record.debts).toMatchObject([{ what: 'key-1' }]);
  });

  it('are never lost unless they were cleared, whatever runs end how', () => {
    const things = ['key-1', 'key-2', 'key-3', 'runtime-1', 'runtime-2'];
    const kindOf = (what: string) => (what.startsWith('key') ? 'removeKey' : 'moveRuntime');
    const end = fc.record({
      debts: fc.subarray(things).map((some) => some.map((what) => debt(what, { kind: kindOf(what) }))),
      cleared: fc.subarray(things),
      sawEverything: fc.boolean(),
      result: fc.constantFrom('done' as const, 'failed' as const, 'nothing' as const),
    });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 20 }), (ends) => {
        let record = EMPTY_CREDENTIAL_RECORD;
        let expected = new Set<string>();
        for (const [n, one] of ends.entries()) {
          const stands = [...expected].filter(
            (what) => !one.cleared.includes(what) && !(one.sawEverything && kindOf(what) === 'moveRuntime'),
          );
          expected = new Set([...stands, ...one.debts.map(({ what }) => what)]);
          record = applyToCredential(record, begin(`r${n}`, n)).record;
          record = applyToCredential(record, finish(`r${n}`, n, one)).record;
          expect(record.debts.map(({ what }) => what).sort()).toEqual([...expected].sort());
        }
      }),
    );
  });
});
