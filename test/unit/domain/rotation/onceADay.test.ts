import { describe, expect, it } from 'vitest';
import type { CredentialOperation } from '../../../../src/domain/records/credentialRecord.js';
import { play } from './records.js';

type Tell = Extract<CredentialOperation, { kind: 'announce' }>;

const tell = (runId: string, at: string, about = 'credentialExpiring v1'): Tell => ({
  kind: 'announce',
  runId,
  about,
  at: `2026-11-${at}.000Z`,
});
const answersTo = (...operations: readonly Tell[]) =>
  play(...operations).answers.map((answer) => answer.kind === 'announcement' && answer.announces);

describe('what is told of a credential once a day', () => {
  it('is told by the first run that finds it, from midnight to midnight', () => {
    expect(
      answersTo(
        tell('a', '26T00:00:00'),
        tell('b', '26T06:00:00'),
        tell('c', '26T23:59:59'),
        tell('d', '27T00:00:00'),
        tell('e', '27T06:00:00'),
      ),
    ).toEqual([true, false, false, true, false]);
  });

  it('is told of another version, and of another trouble', () => {
    expect(
      answersTo(
        tell('a', '26T00:00:00'),
        tell('b', '26T06:00:00', 'credentialExpiring v2'),
        tell('c', '26T12:00:00', 'credentialLate v2'),
        tell('d', '26T18:00:00', 'credentialExpiring v2'),
      ),
    ).toEqual([true, true, true, false]);
  });

  it('is answered the same where the question comes twice, and a late one changes nothing', () => {
    const first = tell('a', '26T00:00:00');
    const next = tell('b', '27T00:00:00');
    expect(answersTo(first, first, tell('c', '26T01:00:00'), first)).toEqual([true, true, false, true]);
    expect(play(first, next, first).record).toEqual(play(first, next).record);
    expect(answersTo(first, next, tell('c', '26T02:00:00'), next)).toEqual([true, true, false, true]);
  });

  it('does not grow for ever', () => {
    const days = Array.from({ length: 28 }, (_, day) =>
      tell('a', `${String(day + 1).padStart(2, '0')}T00:00:00`),
    );
    expect(play(...days).record.announced).toHaveLength(20);
  });
});
