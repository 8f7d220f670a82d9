import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  debtForMint,
  isLoud,
  keysShownAt,
  labelClearableAt,
  overdue,
} from '../../../../src/domain/rotation/strayKeys.js';
import { DIRECTORY_LAG_MS, FENCE_MS } from '../../../../src/domain/values/timing.js';
import { NOW } from './inventories.js';
import { begin, debt, finish, play } from './records.js';

const run = { label: 'airlock 12345678 rq-1', runId: 'rq-1' };
const SHOWN = keysShownAt(NOW);

describe('the debt of a run for its mint', () => {
  it('is none where it asked for no key', () => {
    expect(debtForMint({ began: false }, { ...run, now: NOW })).toBeUndefined();
  });

  it.each([
    { label: 'where it never looked', trace: { began: true, endedAt: NOW } },
    { label: 'where it looked at once', trace: { began: true, endedAt: NOW, lookedAt: NOW } },
    {
      label: 'where it looked a moment too early',
      trace: { began: true, endedAt: NOW, lookedAt: SHOWN - 1 },
    },
    { label: 'where the mint never answered', trace: { began: true, lookedAt: NOW } },
  ])('is its label, quietly, $label, however few tries there were', ({ trace }) => {
    expect(debtForMint(trace, { ...run, now: NOW })).toMatchObject({
      kind: 'removeLabelled',
      what: run.label,
      runId: 'rq-1',
      quietUntil: new Date(SHOWN).toISOString(),
    });
  });

  it('is none where its last look came late enough', () => {
    const trace = { began: true, endedAt: NOW, lookedAt: SHOWN };

    expect(debtForMint(trace, { ...run, now: SHOWN + 1 })).toBeUndefined();
  });

  it('is there whenever a second key of the mint could have been missed', () => {
    const moment = fc.integer({ min: 0, max: 3 * DIRECTORY_LAG_MS });
    fc.assert(
      fc.property(
        moment,
        moment,
        fc.nat({ max: FENCE_MS }),
        fc.nat({ max: DIRECTORY_LAG_MS }),
        (look, end, late, lag) => {
          const endedAt = NOW;
          const lookedAt = NOW + look;
          const isShownAt = endedAt + late + lag;
          const missed = lookedAt < isShownAt;
          const outstanding = debtForMint(
            { began: true, endedAt, lookedAt },
            { ...run, now: NOW + Math.max(look, end) },
          );
          if (missed) expect(outstanding).toBeDefined();
          // Whoever clears it sees the key.
          if (outstanding) expect(labelClearableAt(outstanding)).toBeGreaterThanOrEqual(isShownAt);
        },
      ),
    );
  });
});

describe('a quiet debt', () => {
  const quiet = debt(run.label, { kind: 'removeLabelled', quietUntil: new Date(SHOWN).toISOString() });

  it('is told of from its moment on', () => {
    expect(isLoud(quiet, SHOWN - 1)).toBe(false);
    expect(isLoud(quiet, SHOWN)).toBe(true);
    expect(isLoud(debt('key-1'), 0)).toBe(true);
  });

  it.each([
    { label: 'not before its time is over', at: SHOWN - 1, cleared: [], told: [] },
    { label: 'not where it has just been cleared', at: SHOWN, cleared: [run.label], told: [] },
    { label: 'where it stands then', at: SHOWN, cleared: [], told: [run.label] },
  ])('becomes one that is told $label', ({ at, cleared, told }) => {
    const loud = overdue([quiet, debt('key-1')], cleared, at);

    expect(loud.map(({ what }) => what)).toEqual(told);
    for (const one of loud) expect(one).not.toHaveProperty('quietUntil');
  });

  it('is told once: the record has it as a loud one from then on', () => {
    const { record } = play(
      begin('a'),
      finish('a', 1, { debts: [quiet] }),
      begin('b', 2),
      finish('b', 3, { debts: overdue([quiet], [], SHOWN) }),
    );

    expect(record.debts).toHaveLength(1);
    expect(record.debts[0]).toMatchObject({ what: run.label, since: quiet.since });
    expect(overdue(record.debts, [], SHOWN)).toEqual([]);
  });
});
