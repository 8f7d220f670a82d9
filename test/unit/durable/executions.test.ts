import { describe, expect, it } from 'vitest';
import { Executions } from '../../durable/extension/executions.js';

const payload = (instanceId: string, executionId: string) =>
  JSON.stringify({
    instanceId,
    history: [
      { EventType: 12, EventId: -1, IsPlayed: false, Timestamp: '2026-11-25T19:44:47.8775484Z' },
      {
        EventType: 0,
        EventId: -1,
        Name: 'run',
        Input: '{}',
        OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
      },
    ],
  });
const answer = (isDone: boolean, ...types: number[]) =>
  JSON.stringify({ isDone, actions: [types.map((actionType) => ({ actionType }))], schemaVersion: 3 });

function seen() {
  const entries: string[] = [];
  const executions = new Executions({
    record: ({ operation, subject, detail }) =>
      void entries.push([operation, subject, detail?.['status']].filter(Boolean).join(' ')),
  });
  const episode = (executionId: string, told: string | undefined) =>
    executions.end(executions.begin('run', payload('i', executionId)), told);
  return { entries, executions, episode };
}

describe('what the ledger gets of orchestrations', () => {
  it('is a start and an end, however many episodes there are, and one that runs twice', () => {
    const { entries, episode } = seen();
    for (const told of [answer(false, 0), answer(false, 0), answer(true, 0), answer(true, 0)])
      episode('e1', told);

    expect(entries).toEqual(['orchestration.started i', 'orchestration.completed i Completed']);
  });

  it('is one life for an instance that continues as new, and two for one that is started again', () => {
    const { entries, episode } = seen();
    episode('e1', answer(true, 4));
    episode('e2', undefined);
    episode('e3', answer(true));

    expect(entries).toEqual([
      'orchestration.started i',
      'orchestration.completed i Failed',
      'orchestration.started i',
      'orchestration.completed i Completed',
    ]);
  });
});
