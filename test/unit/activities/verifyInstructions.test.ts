import { describe, expect, it } from 'vitest';
import { verifyInstructions } from '../../../src/activities/verifyInstructions.js';
import { signed } from '../../../src/domain/runs/instructionSignature.js';
import type { Instruction } from '../../../src/domain/runs/runControl.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { ActivityContext } from '../doubles/activityContext.js';

const KEY = new Secret('a key that only the app has');
const APPROVAL = signed(KEY, 'rq-1', {
  kind: 'decide',
  gate: 'removal',
  openedAt: '2026-11-23T11:00:00.000Z',
  decision: 'approve',
  principal: 'ann',
  objectId: 'object-of-ann',
  operation: 'approveRun',
  invocationId: 'invocation-1',
  at: '2026-11-23T11:30:00.000Z',
});

/** What the activity says of one instruction to one run. */
async function isGenuine(instruction: Instruction, runId = 'rq-1', key: Secret | undefined = KEY) {
  const context = new ActivityContext();
  context.signingKey = key;
  const { genuine } = await verifyInstructions({ told: [{ runId, instruction }] }, context.deps);
  return genuine;
}

describe('an instruction', () => {
  it('is genuine where the app has signed it, also where the host writes its times in another way', async () => {
    expect(await isGenuine(APPROVAL)).toEqual([true]);
    expect(await isGenuine({ ...APPROVAL, at: '2026-11-23T11:30:00Z' })).toEqual([true]);
  });

  it.each<{ label: string; changed: object }>([
    { label: 'a decision', changed: { decision: 'reject' } },
    { label: 'a gate', changed: { gate: 'pilot' } },
    { label: 'a name', changed: { principal: 'bob', objectId: 'object-of-bob' } },
    { label: 'a time', changed: { openedAt: '2026-11-24T11:00:00.000Z' } },
    { label: 'a signature', changed: { signature: '' } },
  ])('is not where somebody else gave it $label', async ({ changed }) => {
    expect(await isGenuine({ ...APPROVAL, ...changed } as Instruction)).toEqual([false]);
  });

  it('is not for another run, nor with another key', async () => {
    expect(await isGenuine(APPROVAL, 'rq-2')).toEqual([false]);
    expect(await isGenuine(APPROVAL, 'rq-1', new Secret('another key'))).toEqual([false]);
  });

  it('is not where the app has no key: whoever has none signs with none', async () => {
    const context = new ActivityContext();
    const told = [
      { runId: 'rq-1', instruction: APPROVAL },
      { runId: 'rq-1', instruction: signed(new Secret(''), 'rq-1', APPROVAL) },
    ];

    expect(await verifyInstructions({ told }, context.deps)).toEqual({
      kind: 'verified',
      genuine: [false, false],
    });
  });

  it('is told of in its place among others, and without the key', async () => {
    const context = new ActivityContext();
    context.signingKey = KEY;
    const told = ['rq-1', 'rq-2', 'rq-1'].map((runId) => ({ runId, instruction: APPROVAL }));
    const verified = await verifyInstructions({ told }, context.deps);

    expect(verified).toEqual({ kind: 'verified', genuine: [true, false, true] });
    expect(await verifyInstructions({ told: [] }, context.deps)).toEqual({ kind: 'verified', genuine: [] });
  });
});
