import { expect, it } from 'vitest';
import { isJustProven } from '../../../../src/domain/records/proofs.js';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const proof = (runId: string, minutesAgo: number) => ({
  fingerprint: 'f',
  credentialId: 'Key-1',
  provenAt: new Date(NOW - minutesAgo * 60_000).toISOString(),
  runId,
});

it('is just proven what the rotation itself has proven within minutes', () => {
  expect(isJustProven(proof('rq-1-4-ab', 4), 'rq-1', 'key-1', NOW)).toBe(true);
  expect(isJustProven(proof('rq-1-4-ab', 5), 'rq-1', 'key-1', NOW)).toBe(false);
});

it.each([
  ['by another run', proof('rq-2-4-ab', 1), 'key-1'],
  ['by another run whose id begins alike', proof('rq-11-4-ab', 1), 'key-1'],
  ['with another credential', proof('rq-1-4-ab', 1), 'key-2'],
  ['never', undefined, 'key-1'],
])('is not what was proven %s', (_, one, credentialId) => {
  expect(isJustProven(one, 'rq-1', credentialId, NOW)).toBe(false);
});
