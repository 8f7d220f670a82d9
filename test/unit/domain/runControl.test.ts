import { describe, expect, it } from 'vitest';
import { controlOf, type RunControl } from '../../../src/domain/runControl.js';

const told = (kind: string, input: object, control?: RunControl) => controlOf(control, { kind, input });

describe('what a run was told', () => {
  it('by the first who cancelled, however often it comes', () => {
    const first = told('cancel', { by: 'a', at: '2026-11-25T10:00:00.000Z' });

    expect(told('cancel', { by: 'b', at: '2026-11-25T11:00:00.000Z' }, first)).toEqual(first);
  });

  it('by the first who decided at a gate, of each gate apart', () => {
    const pilot = told('decide', { gate: 'pilot', decision: 'approve', by: 'a', at: '1' });
    const both = told('decide', { gate: 'removal', decision: 'reject', by: 'b', at: '2' }, pilot);

    expect(told('decide', { gate: 'pilot', decision: 'reject', by: 'b', at: '2' }, pilot)).toEqual(pilot);
    expect(both?.decisions).toMatchObject({
      pilot: { decision: 'approve' },
      removal: { decision: 'reject' },
    });
  });

  const early = { until: '2026-12-01T00:00:00.000Z', by: 'a', at: '2026-11-25T10:00:00.000Z' };
  const late = { until: '2026-12-03T00:00:00.000Z', by: 'a', at: '2026-11-25T11:00:00.000Z' };
  it.each([
    { label: 'in their order', words: [early, late] },
    { label: 'where the earlier one comes last', words: [late, early] },
    { label: 'where the earlier one comes twice', words: [early, late, early] },
  ])('by the latest word on the overlap, $label', ({ words }) => {
    const control = words.reduce<RunControl | undefined>(
      (known, word) => told('setOverlap', word, known),
      undefined,
    );

    expect(control?.overlap).toEqual(late);
  });

  it('is only read by anything else', () => {
    expect(told('get', {}, { overlap: late })).toEqual({ overlap: late });
    expect(told('get', {})).toBeUndefined();
  });
});
