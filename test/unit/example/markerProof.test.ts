import { beforeEach, describe, expect, it } from 'vitest';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import { ORCHESTRATIONS } from '../../../src/domain/runs/runs.js';
import { ProofKinds } from '../../../src/proofs/proof.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { ActivityContext, NOW } from '../doubles/activityContext.js';
import type { MemoryApp } from '../doubles/memoryApp.js';
import { type Kept, memoryId } from '../doubles/memoryRuntimes.js';
import { appOf } from '../doubles/memoryWorkers.js';
import { MARKER_PROOF } from './markerProof.js';

const AT = new Date(NOW).toISOString();
const ORIGIN = { startedBy: { kind: 'schedule', at: AT }, createdAt: AT } as const;
const ETL = memoryId('attic', 'etl');
const { canary: _, ...proof } = { ...PROFILE.access.proof, kind: 'marker' };

let context: ActivityContext;
let runtime: Kept;
let app: MemoryApp;
/** How many answers come from processes of before the write. */
let oldAnswers: number;

const enable = () =>
  app.run(ORCHESTRATIONS.runtimeRun, 'enable-1', {
    action: 'enable',
    runtime: ETL,
    asked: 'person',
    ...ORIGIN,
  });

beforeEach(() => {
  context = new ActivityContext({
    access: { ...PROFILE.access, proof },
    limits: { ...PROFILE.limits, checkSeconds: 900 },
  });
  context.proofs = new ProofKinds([MARKER_PROOF]);
  runtime = context.runtimes.put(ETL);
  oldAnswers = 0;
  app = appOf(context, () => (oldAnswers-- > 0 ? {} : runtime.settings));
});

describe('a proof that is written as CONTRIBUTING.md says', () => {
  it('proves access: the run says that it is the weaker one, and no canary is made', async () => {
    const enabled = await enable();

    expect(enabled).toMatchObject({
      outcome: 'enabled',
      proof: { kind: 'marker', weakness: expect.stringContaining('vault') },
    });
    const canary = profileCanary({ ...PROFILE, name: 'attic' });
    expect(canary && (await context.vaults.current(canary))).toEqual({ kind: 'missing' });
  });

  it('is asked again while processes of before answer', async () => {
    oldAnswers = 2;

    expect(await enable()).toMatchObject({ outcome: 'enabled' });
    expect(oldAnswers).toBeLessThan(0);
  });

  it('is refused where they never end', async () => {
    oldAnswers = Number.POSITIVE_INFINITY;

    expect(await enable()).toMatchObject({ problem: { code: 'oldCredential' } });
  });
});
