/** Starting, stopping, listing and purging instances. */
import type { ClientAnswer, ProbeHost } from '../host.js';
import { outcome, plain, told } from '../normal.js';
import { type Answer, questions } from '../question.js';

const said = (answer: ClientAnswer, ...ids: string[]): Answer =>
  answer.ok
    ? { ok: true, value: plain(answer.value, ...ids) }
    : { ok: false, says: told(answer.message, ...ids) };

const live = async (host: ProbeHost, id = host.id()) => {
  await host.start('waitsForEnd', id, {});
  await host.until(id, ({ runtimeStatus }) => runtimeStatus === 'Running');
  return id;
};

export const CONTROL = questions('control', {
  'a start on a live id': async (host) => {
    const id = await live(host);
    const { status, body } = await host.api('POST', `/orchestrators/waitsForEnd/${id}`, {});
    const client = await host.client('startNew', 'waitsForEnd', { instanceId: id });
    await host.raise(id, 'end');
    return { status, body: plain(body, id), client: said(client, id) };
  },
  'a start on the id of one that has ended': async (host) => {
    await host.run('own');
    const { status } = await host.api('POST', `/orchestrators/own/${host.id()}`, {});
    return { status, afterwards: outcome(await host.ended(host.id()), host.id()) };
  },
  'starts on one id at once': async (host) => {
    // Whether two meet is a matter of luck: in so many rounds they do.
    let most = 0;
    const executions = new Set<number>();
    for (let round = 0; round < 12 && most < 2; round++) {
      const id = host.id(`round${round}`);
      const all = await Promise.all(
        Array.from({ length: 6 }, () => host.api('POST', `/orchestrators/waitsForEnd/${id}`, {})),
      );
      most = Math.max(most, all.filter(({ status }) => status === 202).length);
      await host.until(id, ({ runtimeStatus }) => runtimeStatus === 'Running');
      await host.pass(3000);
      await host.raise(id, 'end');
      await host.ended(id);
      executions.add((await host.effects(id)).length);
    }
    return { sometimesSeveralAreTaken: most > 1, executions: [...executions] };
  },
  'what is unknown': async (host) => {
    const id = host.id('nobody');
    return {
      get: (await host.api('GET', `/instances/${id}`)).status,
      status: said(await host.client('getStatus', id), id),
      terminate: said(await host.client('terminate', id, 'x'), id),
      purge: said(await host.client('purgeInstanceHistory', id), id),
      suspend: said(await host.client('suspend', id, 'x'), id),
      rewind: said(await host.client('rewind', id, 'x'), id),
    };
  },
  'suspend and resume': async (host) => {
    const id = await live(host);
    const suspend = said(await host.client('suspend', id, 'why'));
    const suspended = await host.until(id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    await host.raise(id, 'end');
    await host.pass(3000);
    const meanwhile = await host.status(id);
    const resume = said(await host.client('resume', id, 'why'));
    return {
      suspend,
      suspended: suspended.runtimeStatus,
      meanwhile: meanwhile?.runtimeStatus ?? null,
      resume,
      atLast: outcome(await host.ended(id)),
    };
  },
  terminate: async (host) => {
    const id = await live(host);
    const terminate = said(await host.client('terminate', id, 'because'));
    const ended = outcome(await host.ended(id));
    return {
      terminate,
      ended,
      again: said(await host.client('terminate', id, 'again')),
      rewind: said(await host.client('rewind', id, 'why'), id),
    };
  },
  'purge of one that runs': async (host) => {
    const id = await live(host);
    const { status, body } = await host.api('DELETE', `/instances/${id}`);
    const still = (await host.status(id))?.runtimeStatus ?? null;
    await host.raise(id, 'end');
    await host.ended(id);
    const purged = said(await host.client('purgeInstanceHistory', id));
    return {
      status,
      body: plain(body, id),
      still,
      purged,
      afterwards: (await host.api('GET', `/instances/${id}`)).status,
    };
  },
  'purge by filter': async (host) => {
    const none = await host.api('DELETE', '/instances/?runtimeStatus=Completed');
    const span = 'createdTimeFrom=2020-01-01T00:00:00Z&createdTimeTo=2020-02-01T00:00:00Z';
    const nothing = await host.api('DELETE', `/instances/?${span}&runtimeStatus=Completed`);
    return {
      withoutFrom: { status: none.status, body: plain(none.body) },
      nothingFound: { status: nothing.status, body: plain(nothing.body) },
    };
  },
  'list of instances': async (host) => {
    const [id, key] = [host.id('calls'), host.id('key')];
    await host.run('entityCalls', { key, calls: [['add', 1]] }, id);
    await host.run('children', { children: 1 }, host.id('parent'));
    await host.pass(3000);
    const entity = `@list@${key}`;
    const prefixed = await host.api('GET', `/instances/?instanceIdPrefix=${host.id('')}`);
    const exact = await host.api('GET', `/instances/?instanceIdPrefix=${encodeURIComponent(entity)}`);
    return {
      entity: withoutTimes(await find(host, entity), key),
      membersOfAnInstance: Object.keys((await find(host, id)) ?? {}).sort(),
      membersOfAChild: Object.keys((await find(host, `${host.id('parent')}-0`)) ?? {}).sort(),
      withPrefix: ids(prefixed.body, host),
      withPrefixOfTheEntity: ids(exact.body, host),
    };
  },
});

/** The entity's scheduler keeps times of messages beside the state. */
function withoutTimes(shown: Record<string, unknown> | undefined, key: string): Answer {
  if (shown === undefined) return null;
  const { exists, state } = shown['input'] as { exists?: unknown; state?: unknown };
  return plain({ ...shown, input: { exists, state }, createdTime: 'a time', lastUpdatedTime: 'a time' }, key);
}

function ids(body: unknown, host: ProbeHost): Answer {
  return (body as { instanceId: string }[])
    .map(({ instanceId }) => instanceId.replaceAll(host.id(''), ''))
    .sort();
}

/** Looks through the whole list, page by page. */
async function find(host: ProbeHost, id: string): Promise<Record<string, unknown> | undefined> {
  let token = '';
  do {
    const { body, headers } = await host.api('GET', '/instances/?top=500', undefined, {
      'x-ms-continuation-token': token,
    });
    const found = (body as Record<string, unknown>[]).find(({ instanceId }) => instanceId === id);
    if (found) return found;
    token = headers.get('x-ms-continuation-token') ?? '';
  } while (token !== '');
  return undefined;
}
