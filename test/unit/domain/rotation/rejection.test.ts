import { describe, expect, it } from 'vitest';
import type { Rejection } from '../../../../src/domain/rotation/credentialState.js';
import { rejectionAfter, respecting } from '../../../../src/domain/rotation/rejection.js';
import type { Decision, RotationTask } from '../../../../src/domain/rotation/task.js';

const REJECTION: Rejection = {
  gate: 'pilot',
  current: 'k1',
  principal: 'ada@contoso.example',
  objectId: '0f1e2d3c-0000-4000-8000-000000000001',
  at: '2026-11-25T10:00:00.000Z',
};
const task = (more: Partial<RotationTask> = {}): Decision => ({
  kind: 'task',
  task: { kind: 'mint', why: 'it is due', urgent: false, dead: false, removable: [], ...more },
});
const outcome = (decision: Decision, rejection: Partial<Rejection> = {}, more: { asked?: boolean } = {}) =>
  respecting(decision, { ...REJECTION, ...rejection }, { current: 'K1', asked: false, ...more }).kind;

describe('a rejection', () => {
  it.each<[string, Decision, Partial<Rejection>, 'task' | 'nothing']>([
    ['of the pilot stops a mint', task(), {}, 'nothing'],
    ['of the pilot stops a move', task({ kind: 'move' }), {}, 'nothing'],
    ['of the pilot does not stop what is urgent', task({ urgent: true }), {}, 'task'],
    ['of the pilot does not stop where the credential is dead', task({ dead: true }), {}, 'task'],
    ['of the pilot stops no removal', task({ kind: 'cleanUp' }), {}, 'task'],
    ['of the removal stops what is left over', task({ kind: 'cleanUp' }), { gate: 'removal' }, 'nothing'],
    ['of the removal stops no rotation', task(), { gate: 'removal' }, 'task'],
    ['is over with the next credential', task(), { current: 'k0' }, 'task'],
  ])('%s', (_what, decision, rejection, kind) => {
    expect(outcome(decision, rejection)).toBe(kind);
  });

  it('gives way to a person who asks', () => {
    expect(outcome(task(), {}, { asked: true })).toBe('task');
  });

  it('says who said so', () => {
    expect(respecting(task(), REJECTION, { current: 'k1', asked: false })).toMatchObject({
      declined: true,
      why: expect.stringContaining('ada@contoso.example (object id 0f1e2d3c-0000-4000-8000-000000000001)'),
    });
  });

  it('stays over other runs, and goes once a person has asked', () => {
    expect(rejectionAfter(REJECTION, {})).toEqual(REJECTION);
    expect(rejectionAfter(REJECTION, { asked: true })).toBeUndefined();
    expect(rejectionAfter(undefined, { asked: true, rejection: REJECTION })).toEqual(REJECTION);
  });
});
