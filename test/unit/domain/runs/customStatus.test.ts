import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonUnits, STATUS_BUDGET, withinBudget } from '../../../../src/domain/runs/customStatus.js';
import type { Plan } from '../../../../src/domain/runs/plan.js';
import type { RotationProgress } from '../../../../src/domain/runs/rotations.js';
import type { TrailEntry } from '../../../../src/domain/runs/runs.js';
import { appendToTrail } from '../../../../src/domain/runs/trail.js';

const AT = '2026-11-25T22:00:00.000Z';
const entry = (n: number, outcome = `outcome ${n}`): TrailEntry => ({ at: AT, step: `step ${n}`, outcome });
const entries = (count: number, outcome?: string) =>
  Array.from({ length: count }, (_, n) => entry(n, outcome));
const plan: Plan = {
  profile: 'bi',
  settings: Array.from({ length: 24 }, (_, n) => ({
    setting: `AIRFLOW__X__VARIABLE_${n}`,
    where: 'airflowEnvironmentVariables',
    kind: 'keep',
    before: '(redacted)',
    after: '(redacted)',
    why: 'It is hidden in a reading and is kept as it is, with what somebody else has put there. '.repeat(5),
  })),
  conflicts: [],
  changes: false,
  credential: { clientId: 'c', tenantId: 't', credentialId: 'k', secretVersion: 'v' },
  wanted: '0123456789abcdef',
  fingerprint: 'f',
};
const status = (more: Partial<RotationProgress> = {}): RotationProgress => ({
  step: 'write the settings',
  since: AT,
  trail: entries(3),
  ...more,
});

describe("a run's custom status", () => {
  it('stays whole where it fits', () => {
    const small = status({ plan: { ...plan, settings: [] }, overlapUntil: AT, listener: 'rot-1-4-a2' });

    expect(withinBudget(small)).toEqual(small);
  });

  it('fits exactly up to the budget', () => {
    const { plan: _, ...left } = status({ plan });
    const exact = status({ plan });

    expect(withinBudget(exact, jsonUnits(exact))).toEqual(exact);
    expect(withinBudget(exact, jsonUnits(exact) - 1)).toEqual(left);
  });

  it('loses the plan before anything of the trail', () => {
    const full = status({ plan, trail: entries(10) });

    expect(withinBudget(full)).toEqual(status({ trail: entries(10) }));
  });

  it('then loses entries in the middle of the trail, and says how many', () => {
    const trail = entries(40, 'x'.repeat(300));
    const shown = withinBudget(status({ trail, plan })).trail;

    expect(shown[0]).toEqual(trail[0]);
    expect(shown.at(-1)).toEqual(trail.at(-1));
    const marker = shown.find(({ step }) => step === '…');
    expect(marker?.outcome).toBe(`${40 - (shown.length - 1)} entries left out`);
  });

  it('shows as many entries as fit', () => {
    const trail = entries(40, 'x'.repeat(300));
    const shown = withinBudget(status({ trail }));
    const [one] = trail;

    expect(jsonUnits(shown) + jsonUnits(one) + 1).toBeGreaterThan(STATUS_BUDGET);
  });

  it('shortens outcomes only where the ends alone are too large', () => {
    const trail = entries(40, '"\u0001'.repeat(150));
    const shown = withinBudget(status({ trail }), 2_000);

    expect(shown.trail.length).toBeGreaterThan(2);
    expect(shown.trail[0]?.outcome).toMatch(/…$/);
  });

  it.each([
    { what: 'letters beyond ASCII', text: 'Ä'.repeat(20_000) },
    { what: 'letters of two units', text: '🔑'.repeat(20_000) },
    { what: 'quotes', text: '"'.repeat(20_000) },
    { what: 'control characters', text: '\u0001'.repeat(20_000) },
    { what: 'letters that only the host escapes', text: '\u2028'.repeat(20_000) },
    { what: 'half letters', text: '\ud83d'.repeat(20_000) },
  ])('of very long texts of $what fits', ({ text }) => {
    const shown = withinBudget(
      status({ step: text, trail: [{ at: text, step: text, outcome: text }], overlapUntil: text }),
    );

    expect(jsonUnits(shown)).toBeLessThanOrEqual(STATUS_BUDGET);
    expect(shown.step).not.toBe('');
    expect(shown.overlapUntil).toBeDefined();
  });

  it('counts what only the host escapes', () => {
    expect(jsonUnits('a\u0085\u2028\u2029')).toBe('"a\\u0085\\u2028\\u2029"'.length);
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .tuple(fc.constantFrom('x', 'é', '🔑', '"', '\\', '\n', '\u2028', '\udc00'), fc.nat({ max: 6_000 }))
      .map(([letter, count]) => letter.repeat(count)),
  );
  const progress = fc.record(
    {
      step: text,
      since: text,
      trail: fc.array(fc.record({ at: text, step: text, outcome: text }), { maxLength: 60 }),
      plan: fc.constant(plan),
      waitingFor: fc.record({
        gate: fc.constantFrom('pilot' as const, 'removal' as const),
        since: text,
        until: text,
      }),
      overlapSince: text,
      overlapUntil: text,
      overlapLatest: text,
      listener: text,
      unstoppable: text,
    },
    { requiredKeys: ['step', 'since', 'trail'] },
  );

  const KEPT = [
    'step',
    'since',
    'waitingFor',
    'overlapSince',
    'overlapUntil',
    'overlapLatest',
    'listener',
    'unstoppable',
  ] as const;

  it('fits whatever it holds, and keeps what is never left out', () => {
    fc.assert(
      fc.property(progress, (given) => {
        const shown = withinBudget(given);
        expect(jsonUnits(shown)).toBeLessThanOrEqual(STATUS_BUDGET);
        for (const key of KEPT) {
          expect(shown[key] === undefined).toBe(given[key] === undefined);
        }
        if (given.step.length < 160) expect(shown.step).toBe(given.step);
      }),
    );
  });

  it('that fits once is not changed by fitting it again', () => {
    fc.assert(
      fc.property(progress, (given) => {
        const shown = withinBudget(given);
        expect(withinBudget(shown)).toEqual(shown);
      }),
    );
  });

  it('of a trail that grew entry by entry counts every entry', () => {
    let trail: TrailEntry[] = [];
    for (let n = 0; n < 200; n++) trail = appendToTrail(trail, entry(n, 'x'.repeat(300)));
    const shown = withinBudget(status({ trail })).trail;
    const leftOut = shown
      .filter(({ step }) => step === '…')
      .map(({ outcome }) => Number.parseInt(outcome, 10));
    const stand = shown.length - leftOut.length;

    expect(stand + leftOut.reduce((sum, one) => sum + one, 0)).toBe(200);
  });
});
