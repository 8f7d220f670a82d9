import { describe, expect, it } from 'vitest';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import { CHALLENGE } from '../../../src/proofs/challenge/challenge.js';
import type { EndedRun } from '../../../src/proofs/proof.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { MemoryAirflow, rightAnswer } from '../doubles/memoryAirflow.js';
import { MemoryVaults } from '../doubles/memoryVaults.js';

const CANARY = profileCanary(PROFILE) ?? expect.fail('the profile has a canary');
const { proof } = PROFILE.access;
const ENDED: EndedRun = {
  proof,
  profile: PROFILE,
  api: 'v1',
  dagRunId: 'check-1',
  nonce: 'abcd',
  succeeded: true,
  canary: CANARY,
  canaryVersion: 'v1',
  expectedMarker: 'key-1',
  words: { portal: 'the portal' },
};
const RIGHT = rightAnswer('value', ENDED.nonce, 'key-1', PROFILE.vault);

/** Judges a run that has left this. */
async function judge(answer: typeof RIGHT | undefined, more: Partial<EndedRun> = {}) {
  const server = new MemoryAirflow();
  server
    .add(proof.dagId)
    .runs.set(ENDED.dagRunId, { state: 'success', conf: {}, ...(answer ? { answer } : {}) });
  const vaults = new MemoryVaults();
  vaults.put(CANARY, 'value');
  const login = { kind: 'entra', scope: 'x' } as const;
  const airflow = server.connect({ webUrl: 'https://etl.example', login, signIn: {} as never });
  return CHALLENGE.judge({ ...ENDED, ...more }, { airflow, vaults });
}

describe('a challenge', () => {
  it('is which variable to read, and a nonce', () => {
    expect(CHALLENGE.conf(proof, 'abcd')).toEqual({ variable: 'airlock-canary', nonce: 'abcd' });
  });

  it('is passed with the right answer', async () => {
    expect(await judge(RIGHT)).toEqual({ kind: 'passed', words: 'the right answer to the challenge' });
  });

  it('was interrupted where its run failed before it had an answer', async () => {
    expect(await judge(undefined, { succeeded: false })).toMatchObject({
      kind: 'failed',
      problem: { code: 'dagRunFailed' },
      interrupted: true,
    });
    expect(await judge(undefined)).not.toHaveProperty('interrupted');
  });

  it('is asked again where a worker answers that has the old credential', async () => {
    expect(await judge({ ...RIGHT, marker: 'key-0' })).toMatchObject({ kind: 'notYet' });
  });

  it('has failed where a worker with the credential gives a wrong answer', async () => {
    expect(await judge({ ...RIGHT, answer: 'f'.repeat(64) })).toMatchObject({
      kind: 'failed',
      answered: true,
      problem: { code: 'wrongAnswer' },
    });
  });
});
