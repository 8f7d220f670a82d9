import { describe, expect, it } from 'vitest';
import { watchClaim } from '../../../src/activities/watchClaim.js';
import type { RuntimeRecord } from '../../../src/domain/records/runtimeRecord.js';
import { EMPTY_CREDENTIAL_RECORD } from '../../../src/domain/rotation/credentialState.js';
import { signed } from '../../../src/domain/runs/instructionSignature.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { CLAIM_MS, CREDENTIAL_CLAIM_MS, LEASE_MS } from '../../../src/domain/values/timing.js';
import { ActivityContext } from '../doubles/activityContext.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const KEY = 'runtime-1';
const RECORD = { key: KEY, pass: 1, leased: true };
const CLAIM = { runId: 'run-1', stoppedWith: ['run-1', 'parent'], record: RECORD, now: NOW };

function contextWith(record: Partial<RuntimeRecord> = {}): ActivityContext {
  const context = new ActivityContext();
  context.records.set(KEY, {
    ended: [],
    work: { runId: 'run-1', pass: 1, until: NOW + CLAIM_MS, pendingSignals: 0 },
    lease: { owner: 'run-1', pass: 1, until: NOW + LEASE_MS },
    ...record,
  });
  return context;
}

const watch = (context: ActivityContext, more: object = {}) =>
  watchClaim({ ...CLAIM, ...more }, context.deps, context.durable);
const work = (more: object) => ({
  runId: 'run-1',
  pass: 1,
  until: NOW + CLAIM_MS,
  pendingSignals: 0,
  ...more,
});

describe('a look at the claim of a run that waits', () => {
  it('leaves what is good for a while', async () => {
    const context = contextWith();
    const before = context.records.get(KEY);

    expect(await watch(context)).toBe('held');
    expect(context.records.get(KEY)).toBe(before);
  });

  it('renews claim and lease once a third of one is gone', async () => {
    const until = NOW + (CLAIM_MS * 2) / 3 - 1;
    const context = contextWith({ work: work({ until }) });

    expect(await watch(context)).toBe('held');
    expect(context.records.get(KEY)).toMatchObject({
      work: { until: NOW + CLAIM_MS },
      lease: { until: NOW + LEASE_MS },
    });
  });

  it('renews a claim without a lease', async () => {
    const context = new ActivityContext();
    context.records.set(KEY, { ended: [], work: work({ until: NOW }) });

    expect(await watch(context, { record: { ...RECORD, leased: false } })).toBe('held');
    expect(context.records.get(KEY)?.work?.until).toBe(NOW + CLAIM_MS);
    expect(context.records.get(KEY)?.lease).toBeUndefined();
  });

  it.each([
    ['another run has it', { work: work({ runId: 'run-2' }) }],
    ['a later pass has it', { work: work({ pass: 2 }) }],
    ['the lease is gone', { lease: undefined }],
    ['nothing is known of it', { work: undefined }],
  ])('doubts it where %s, and renews nothing', async (_, record) => {
    const context = contextWith(record as Partial<RuntimeRecord>);
    const before = context.records.get(KEY);

    expect(await watch(context)).toBe('inQuestion');
    expect(context.records.get(KEY)).toBe(before);
  });

  it.each(['run-1', 'parent'])('hears that %s was cancelled, by whom the app let', async (runId) => {
    const context = contextWith();
    context.signingKey = new Secret('a key of the app');
    const unsigned = {
      kind: 'cancel' as const,
      principal: 'ops',
      operation: 'cancelRun',
      invocationId: 'i-1',
      at: '2026-11-23T11:59:00Z',
    };
    context.controls.set(runId, { instructions: [{ ...unsigned, signature: 'somebody' }] });
    expect(await watch(context)).toBe('held');

    const instruction = signed(context.signingKey, runId, unsigned);
    context.controls.set(runId, { instructions: [instruction] });
    expect(await watch(context)).toBe('inQuestion');
    expect(await watch(context, { stoppedWith: [] })).toBe('held');
  });

  it('keeps the credential for the rotation that waits, as long as it is its own', async () => {
    const context = contextWith();
    const rotation = { recordKey: 'credential-1', runId: 'rotation-1' };
    const active = { runId: 'rotation-1', phase: 'moving' as const, until: NOW + 1 };
    context.credential = { ...EMPTY_CREDENTIAL_RECORD, rotation: active } as typeof context.credential;

    expect(await watch(context, { rotation })).toBe('held');
    expect(context.credential?.rotation?.until).toBe(NOW + CREDENTIAL_CLAIM_MS);
    expect(await watch(context, { rotation: { ...rotation, runId: 'rotation-0' } })).toBe('inQuestion');
  });
});
