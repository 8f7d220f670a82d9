import { InvocationContext } from '@azure/functions';
import type { DurableClient, EntityId } from 'durable-functions';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/values/secret.js';
import { instruct, type Listening } from '../../../src/functions/http/instructing.js';
import type { InstanceStatus } from '../../../src/functions/http/runView.js';

const CANCEL = {
  kind: 'cancel',
  principal: 'ada',
  operation: 'cancelRun',
  invocationId: 'i-1',
  at: '2026-11-25T10:00:00.000Z',
} as const;

/** Tells a run something; gives what the durable client was asked, in order, and what was logged. */
async function told(customStatus: unknown, raise: () => Promise<void> = async () => {}) {
  const asked: unknown[] = [];
  const log: string[] = [];
  const client = {
    signalEntity: async ({ name, key }: EntityId, operation: string) => asked.push([name, key, operation]),
    raiseEvent: async (...event: unknown[]) => {
      asked.push(event);
      await raise();
    },
  } as unknown as DurableClient;
  const run: Listening = {
    client,
    id: 'run-1',
    status: { instanceId: 'run-1', customStatus } as InstanceStatus,
    key: new Secret('k'.repeat(32)),
  };
  const context = new InvocationContext({
    invocationId: 'i-1',
    logHandler: (level, ...parts) => log.push(`${level}: ${parts.map(String).join(' ')}`),
  });
  await instruct(run, context, CANCEL);
  return { asked, log };
}

const SIGNAL = ['run', 'run-1', 'cancel'];

describe('what tells a run something', () => {
  it('tells the part that waits for it to look, after it is said and without a word of it', async () => {
    const { asked, log } = await told({ listener: 'run-1-4' });
    expect(asked).toEqual([SIGNAL, ['run-1-4', 'look', {}]]);
    expect(log).toEqual([]);
  });

  it('wakes nobody where no part of it waits for people', async () => {
    for (const status of [null, undefined, {}]) expect((await told(status)).asked).toEqual([SIGNAL]);
  });

  it('has said it also where the word to look does not arrive', async () => {
    const gone = () => Promise.reject(new TypeError('no answer from http://127.0.0.1/?code=s3cret'));
    const { asked, log } = await told({ listener: 'run-1-4' }, gone);
    expect(asked[0]).toEqual(SIGNAL);
    expect(log).toEqual([expect.stringMatching(/^warning: run run-1: run-1-4 could not .*\(TypeError\)/)]);
  });
});
