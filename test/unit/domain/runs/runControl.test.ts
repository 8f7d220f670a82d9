import { describe, expect, it } from 'vitest';
import {
  isGenuine,
  signed,
  type UnsignedInstruction,
} from '../../../../src/domain/runs/instructionSignature.js';
import {
  controlOf,
  type Instruction,
  instructionsOf,
  type RunControl,
} from '../../../../src/domain/runs/runControl.js';
import { Secret } from '../../../../src/domain/values/secret.js';

const KEY = new Secret('a key that nobody else has, of 32 letters');
const BY = {
  principal: 'ada@contoso.example',
  objectId: '0f1e2d3c-0000-4000-8000-000000000001',
  operation: 'approveRun',
  invocationId: 'i-1',
  at: '2026-11-25T10:00:00.000Z',
};
const APPROVAL: UnsignedInstruction = {
  kind: 'decide',
  gate: 'removal',
  openedAt: '2026-11-25T09:00:00.000Z',
  decision: 'approve',
  ...BY,
};

const told = (instruction: Instruction | UnsignedInstruction, control?: RunControl) => {
  const { kind, ...input } = instruction;
  return controlOf(control, { kind, input });
};

describe('what a run was told', () => {
  it('is kept as it came, the same one twice as one', () => {
    const cancel = signed(KEY, 'rq-1', { kind: 'cancel', ...BY });
    const approval = signed(KEY, 'rq-1', APPROVAL);
    const control = told(cancel, told(approval, told(cancel)));

    expect(control?.instructions).toEqual([cancel, approval]);
  });

  it('keeps a genuine decision beside a forged one that came before it', () => {
    const forged = { ...APPROVAL, principal: 'nobody', signature: '' };
    const genuine = signed(KEY, 'rq-1', APPROVAL);
    const decisions = instructionsOf(told(genuine, told(forged)), 'decide');

    expect(decisions.filter((one) => isGenuine(KEY, 'rq-1', one))).toEqual([genuine]);
  });

  it('grows no further however much comes', () => {
    let control: RunControl | undefined;
    for (let n = 0; n < 100; n++) control = told({ ...APPROVAL, invocationId: `i-${n}` }, control);

    expect(control?.instructions.length).toBe(20);
    expect(control?.instructions.at(-1)?.invocationId).toBe('i-99');
  });

  it.each([
    null,
    7,
    'text',
    [],
    { by: 'nobody' },
    { principal: { a: 1 }, at: 5, signature: 'x'.repeat(9_999) },
  ])('takes %j for an instruction that nobody signed', (input) => {
    const control = controlOf(undefined, { kind: 'decide', input });
    const [decision] = control?.instructions ?? [];

    expect(decision && isGenuine(KEY, 'rq-1', decision)).toBe(false);
    expect(JSON.stringify(decision).length).toBeLessThan(2_000);
  });

  it('is only read by anything else', () => {
    const control = told(APPROVAL);

    expect(controlOf(control, { kind: 'get', input: {} })).toEqual(control);
    expect(controlOf(undefined, { kind: 'get', input: {} })).toBeUndefined();
  });
});

describe('a signature', () => {
  const approval = signed(KEY, 'rq-1', APPROVAL) as Extract<Instruction, { kind: 'decide' }>;

  it('stands for exactly what was signed', () => {
    expect(isGenuine(KEY, 'rq-1', approval)).toBe(true);
  });

  it.each<[string, string, Partial<Extract<Instruction, { kind: 'decide' }>>]>([
    ['another run', 'rq-2', {}],
    ['another gate', 'rq-1', { gate: 'pilot' }],
    ['another opening of the gate', 'rq-1', { openedAt: '2026-11-25T11:00:00.000Z' }],
    ['another decision', 'rq-1', { decision: 'reject' }],
    ['another person', 'rq-1', { objectId: '0f1e2d3c-0000-4000-8000-000000000002' }],
    ['another name', 'rq-1', { principal: 'eve@contoso.example' }],
    ['another moment', 'rq-1', { at: '2026-11-25T10:00:01.000Z' }],
    ['another call', 'rq-1', { invocationId: 'i-2' }],
    ['no signature', 'rq-1', { signature: '' }],
  ])('is not one for %s', (_what, runId, other) => {
    expect(isGenuine(KEY, runId, { ...approval, ...other })).toBe(false);
  });

  it('is none of another key', () => {
    expect(isGenuine(new Secret('another key, of more than 32 letters'), 'rq-1', approval)).toBe(false);
  });

  it('holds for a moment that is written in another way', () => {
    expect(isGenuine(KEY, 'rq-1', { ...approval, at: '2026-11-25T10:00:00Z' })).toBe(true);
  });
});
