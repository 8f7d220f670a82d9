import { describe, expect, it } from 'vitest';
import { type Episode, Twins } from '../../durable/extension/twins.js';

const episode = (host: number, played = 3): Episode => ({ host, executionId: 'e', played });

function hosts() {
  const done: string[] = [];
  const twins = new Twins({
    freeze: async (host) => void done.push(`freeze ${host}`),
    thaw: (host) => void done.push(`thaw ${host}`),
  });
  return { done, twins };
}

describe('an episode that two hosts are to run', () => {
  it('is held, its host frozen, until the other host has run it', async () => {
    const { done, twins } = hosts();
    twins.ran(episode(0));
    const held = twins.untilTwin(episode(0)).then(() => done.push('answered'));
    expect(twins.free).toBe(false);
    expect(done).toEqual(['freeze 0']);

    twins.ran(episode(1));
    await held;

    expect(done).toEqual(['freeze 0', 'thaw 0', 'answered']);
    expect(twins.counts).toEqual({ forced: 1, missed: 0, twice: 1 });
  });

  it('is none of another history, nor one that its own host runs again', () => {
    const { twins } = hosts();
    for (const one of [episode(0), episode(0), episode(1, 4)]) twins.ran(one);
    expect(twins.counts.twice).toBe(0);

    twins.ran(episode(1));
    expect(twins.counts).toEqual({ forced: 0, missed: 0, twice: 1 });
  });
});
