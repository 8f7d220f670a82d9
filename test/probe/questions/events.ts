/** External events. */
import type { ProbeHost } from '../host.js';
import { outcome, told } from '../normal.js';
import { questions } from '../question.js';

/** Until the host has handed an instance all that it was sent. */
const ARRIVED_MS = 6000;

const begun = async (host: ProbeHost, orchestrator: string, input: unknown = {}) => {
  await host.start(orchestrator, host.id(), input);
  await host.until(host.id(), ({ runtimeStatus }) => runtimeStatus === 'Running');
  return host.id();
};

export const EVENTS = questions('events', {
  'in the order of their coming': async (host) => {
    const id = await begun(host, 'eventsInOrder');
    for (const n of [1, 2, 3]) await host.raise(id, 'each', n);
    return outcome(await host.ended(id));
  },
  'wait until somebody asks for them': async (host) => {
    const id = await begun(host, 'eventsByName');
    await host.raise(id, 'a', { first: true });
    await host.raise(id, 'b', { second: true });
    await host.raise(id, 'go on');
    return outcome(await host.ended(id));
  },
  'are lost at continueAsNew': async (host) => {
    const id = await begun(host, 'eventsOverNew', { round: 0 });
    await host.raise(id, 'late', 'before');
    await host.pass(ARRIVED_MS);
    await host.raise(id, 'go on');
    const second = await host.until(id, ({ customStatus }) => customStatus === 'second round');
    await host.pass(ARRIVED_MS);
    const before = (await host.status(id))?.runtimeStatus ?? null;
    if (second.runtimeStatus === 'Running') await host.raise(id, 'late', 'after');
    return { beforeItIsSentAgain: before, atLast: outcome(await host.ended(id)) };
  },
  'two wait for one name': async (host) => {
    const id = await begun(host, 'eventWaiters');
    await host.raise(id, 'each', 'a');
    return outcome(await host.ended(id));
  },
  'to an unknown instance': async (host) => {
    const answer = await host.raise(host.id('nobody'), 'each');
    return answer.ok ? 'taken' : told(answer.message, host.id('nobody'));
  },
  'to one that has ended': async (host) => {
    await host.run('own');
    const { status } = await host.api('POST', `/instances/${host.id()}/raiseEvent/each`, {});
    const answer = await host.raise(host.id(), 'each');
    return { status, client: answer.ok ? 'taken' : told(answer.message, host.id()) };
  },
});
