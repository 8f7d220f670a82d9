/** Custom status, and what the status of an instance shows. */
import type { ProbeHost } from '../host.js';
import { outcome, plain } from '../normal.js';
import { type Answer, questions } from '../question.js';

/** The whole of a status that passes is left out: it is as large as was asked. */
async function ofSize(host: ProbeHost, units: number, letter: string): Promise<Answer> {
  const id = host.id(`${units}${letter === 'x' ? '' : '-wide'}`);
  const shown = await host.run('statusOfSize', { units, letter }, id);
  const length = JSON.stringify(shown.customStatus ?? null).length;
  return shown.runtimeStatus === 'Completed' ? { status: 'Completed', length } : outcome(shown);
}

export const STATUS = questions('status', {
  'largest custom status': async (host) => ({
    ascii: await ofSize(host, 8703, 'x'),
    beyondAscii: await ofSize(host, 8703, 'é'),
  }),
  'custom status that is too large': async (host) => ({
    ascii: await ofSize(host, 8704, 'x'),
    beyondAscii: await ofSize(host, 8704, 'é'),
    twice: await ofSize(host, 17_500, 'x'),
  }),
  'custom status stays within an execution': async (host) => outcome(await host.run('statusKept')),
  'after continueAsNew': async (host) => {
    const id = host.id();
    await host.start('statusThenNew', id, { round: 0 });
    const before = await host.until(id, ({ customStatus }) => customStatus !== null);
    // Times of a status are whole seconds.
    await host.pass(3000);
    await host.raise(id, 'go on');
    const first = await host.until(id, ({ input }) => JSON.stringify(input) === '{"round":1}');
    await host.raise(id, 'another episode');
    await host.noted(id);
    await host.pass(3000);
    const second = await host.status(id);
    await host.raise(id, 'end');
    const ended = await host.ended(id);
    return {
      customStatusBefore: plain(before.customStatus),
      customStatusAfterItsFirstEpisode: plain(first.customStatus),
      customStatusAfterItsSecondEpisode: plain(second?.customStatus),
      createdTime: first.createdTime > before.createdTime ? "the new execution's" : "the first execution's",
      createdTimeStays: ended.createdTime === first.createdTime,
    };
  },
  'times are whole seconds': async (host) => {
    const { createdTime, lastUpdatedTime } = await host.run('own');
    return [createdTime, lastUpdatedTime].map((time) => /T\d\d:\d\d:\d\dZ$/.test(time));
  },
});
