import { describe, expect, it } from 'vitest';
import { DAG } from '../../../src/proofs/dag/dag.js';
import type { EndedRun } from '../../../src/proofs/proof.js';
import { PROFILE } from '../domain/settings/bodies.js';

const ENDED: EndedRun = {
  proof: { kind: 'dag', dagId: 'nightly' },
  profile: PROFILE,
  api: 'v1',
  dagRunId: 'check-1',
  nonce: 'abcd',
  succeeded: true,
  words: { portal: 'the portal' },
};
/** It looks nowhere: the end of the run is all that counts. */
const NOWHERE = {} as never;

describe("a DAG of the user's own", () => {
  it('is given nothing', () => {
    expect(DAG.conf(ENDED.proof, 'abcd')).toEqual({});
  });

  it('proves access by its success, and less than the challenge', async () => {
    expect(await DAG.judge(ENDED, NOWHERE)).toEqual({
      kind: 'passed',
      words: 'the DAG run succeeded',
      weakness: expect.stringContaining('falls back'),
    });
  });

  it('may fail for reasons of its own: it is not asked again', async () => {
    const failed = await DAG.judge({ ...ENDED, succeeded: false }, NOWHERE);

    expect(failed).toMatchObject({ kind: 'failed', problem: { code: 'dagRunFailed' } });
    expect(failed).not.toHaveProperty('interrupted');
  });
});
