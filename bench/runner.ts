/** How fast the durable runner is: replay of a history, orchestrations a second. */
import { fileURLToPath } from 'node:url';
import { createKernel } from '../local/kernel/kernel.js';
import { createFunctionsHost } from '../local/runner/functionsHost.js';
import { type Measurement, measured, median } from './measure.js';

const ROUNDS = 7;
const SIDE_BY_SIDE = 200;

export async function benchRunner(): Promise<Measurement[]> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const kernel = createKernel({ mode: 'virtual', onError: fail });
  const host = createFunctionsHost({
    kernel,
    appEntry: fileURLToPath(new URL('bench-app.js', import.meta.url)),
    functionKey: 'bench',
    systemKey: 'bench',
    onLog: (line) => {
      if (line.startsWith('error')) throw new Error(line);
    },
  });
  const port = await host.start(0);
  const start = async (id: string, activities: number): Promise<void> => {
    const url = `http://127.0.0.1:${port}/durabletask/orchestrators/sequence/${id}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(activities) });
    if (answer.status !== 202) throw new Error(`start answered ${answer.status}`);
  };
  const replay = async (activities: number): Promise<number> => {
    const id = `history-${activities}`;
    await start(id, activities);
    await kernel.clock.run();
    const [recorded] = host.history(id) ?? [];
    if (!recorded) throw new Error(`${id} has no history`);
    const times: number[] = [];
    for (let round = 0; round < 40; round++) {
      const began = performance.now();
      const { fits } = await host.replay(recorded);
      times.push((performance.now() - began) * 1000);
      if (!fits) throw new Error(`${id} does not replay`);
    }
    return median(times.slice(10));
  };
  try {
    // Four events an activity and three at the start.
    const short = await replay(14);
    const long = await replay(149);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, n) => start(`load-${round}-${n}`, 10)));
      await kernel.clock.run();
      rates.push((SIDE_BY_SIDE * 1000) / (performance.now() - began));
    }
    return [
      measured('replay.us.history60', short, 'us'),
      measured('replay.us.history600', long, 'us'),
      measured('runner.orchestrations.per.s', median(rates), '1/s'),
    ];
  } finally {
    await host.stop();
    kernel.clock.stop();
  }
}
