import { describe, expect, it } from 'vitest';
import { DoubledEpisodes, type Episode } from '../../durable/extension/doubledEpisodes.js';

const episode = (host: number, played = 3): Episode => ({ host, executionId: 'e', played });

function hosts() {
  const done: string[] = [];
  const doubledEpisodes = new DoubledEpisodes({
    freeze: async (host) => void done.push(`freeze ${host}`),
    thaw: (host) => void done.push(`thaw ${host}`),
  });
  return { done, doubledEpisodes };
}

describe('an episode that two hosts are to run', () => {
  it('is held, its host frozen, until the other host has run it', async () => {
    const { done, doubledEpisodes } = hosts();
    doubledEpisodes.ran(episode(0));
    const held = doubledEpisodes.untilRunElsewhere(episode(0)).then(() => done.push('answered'));
    expect(doubledEpisodes.free).toBe(false);
    expect(done).toEqual(['freeze 0']);

    doubledEpisodes.ran(episode(1));
    await held;

    expect(done).toEqual(['freeze 0', 'thaw 0', 'answered']);
    expect(doubledEpisodes.counts).toEqual({ forced: 1, missed: 0, twice: 1 });
  });

  it('is none of another history, nor one that its own host runs again', () => {
    const { doubledEpisodes } = hosts();
    for (const one of [episode(0), episode(0), episode(1, 4)]) doubledEpisodes.ran(one);
    expect(doubledEpisodes.counts.twice).toBe(0);

    doubledEpisodes.ran(episode(1));
    expect(doubledEpisodes.counts).toEqual({ forced: 0, missed: 0, twice: 1 });
  });
});
