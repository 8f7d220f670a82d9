import { expect, it } from 'vitest';
import { runConcurrently, type Work } from '../../airflow/concurrency.js';

/** Works that say when they begin, and end when they are told to. */
function worksOf(sizes: Readonly<Record<string, number>>) {
  const begun: string[] = [];
  const ends = new Map<string, { done: () => void; failed: (error: Error) => void }>();
  const works: Work[] = Object.entries(sizes).map(([name, places]) => ({
    places,
    run: () => {
      begun.push(name);
      return new Promise((done, failed) => ends.set(name, { done, failed }));
    },
  }));
  const turn = () => new Promise((done) => setImmediate(done));
  const end = async (name: string) => {
    ends.get(name)?.done();
    await turn();
  };
  return { begun, ends, works, end };
}

it('starts the first that fits as soon as there is room', async () => {
  const { begun, works, end } = worksOf({ pair: 2, long: 1, wide: 2, short: 1 });
  const all = runConcurrently(works, 3);

  expect(begun).toEqual(['pair', 'long']);
  await end('long');
  expect(begun).toEqual(['pair', 'long', 'short']);
  await end('pair');
  expect(begun).toEqual(['pair', 'long', 'short', 'wide']);
  await end('short');
  await end('wide');
  await expect(all).resolves.toBeUndefined();
});

it('ends with the error of one that failed', async () => {
  const { ends, works } = worksOf({ one: 1, other: 1 });
  const all = runConcurrently(works, 2);
  ends.get('other')?.failed(new Error('no Airflow'));

  await expect(all).rejects.toThrow('no Airflow');
});
