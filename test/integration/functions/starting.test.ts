import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimeEvents } from '../../../src/functions/events/runtimeEvents.js';
import { startRun } from '../../../src/functions/http/startRun.js';
import { ADA, configuration, depsOf, runtimeId } from './deps.js';
import { type DurableHost, httpRequest, startDurableHost } from './durableHost.js';

let host: DurableHost;
beforeEach(async () => {
  host = await startDurableHost();
});
afterEach(() => host.close());

const starts = () => host.calls.filter((call) => call.startsWith('POST /durabletask/orchestrators/')).length;

const EVENT = {
  id: 'e1',
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-11-23T12:00:00Z',
  data: {
    resourceUri: runtimeId('etl'),
    operationName: 'Microsoft.DataFactory/factories/integrationruntimes/write',
  },
};

describe('an event', () => {
  it('starts one run, however often and in whatever spelling it comes', async () => {
    const shouted = { ...EVENT, data: { ...EVENT.data, resourceUri: runtimeId('etl').toUpperCase() } };

    await runtimeEvents(EVENT, host.context(), depsOf());
    for (const run of host.instances.values()) run.runtimeStatus = 'Completed';
    await runtimeEvents(EVENT, host.context(), depsOf());
    await runtimeEvents(shouted, host.context(), depsOf());

    expect(starts()).toBe(1);
    expect([...host.instances.values()]).toMatchObject([
      { name: 'runtimeRun', input: { action: 'enable', startedBy: { kind: 'event', eventId: 'e1' } } },
    ]);
    expect(host.log.at(-1)).toMatch(/^information: event known: run ev-/);
  });

  it('of a deletion starts a run that looks, and believes nothing', async () => {
    const operationName = EVENT.data.operationName.replace('write', 'delete');
    const deleted = {
      ...EVENT,
      eventType: 'Microsoft.Resources.ResourceDeleteSuccess',
      data: { ...EVENT.data, operationName },
    };

    await runtimeEvents(deleted, host.context(), depsOf());

    expect([...host.instances.values()]).toMatchObject([{ input: { reportedDeleted: true } }]);
  });

  it.each([409, 500])('that another delivery overtook (%i) is taken', async (status) => {
    host.onStart = (instance) => {
      host.instances.set(instance.instanceId, instance);
      return status;
    };

    await runtimeEvents(EVENT, host.context(), depsOf());

    expect(host.log.at(-1)).toContain('event known');
  });

  it('that could not be taken is delivered again', async () => {
    host.onStart = () => 500;

    await expect(runtimeEvents(EVENT, host.context(), depsOf())).rejects.toThrow('500');
    await runtimeEvents(EVENT, host.context(), depsOf());

    expect(host.instances.size).toBe(1);
  });

  it.each([
    ['malformed', { nonsense: 1 }, 'warning: event ignored, malformed: '],
    [
      'of another kind',
      { ...EVENT, eventType: 'Microsoft.Storage.BlobCreated' },
      'information: event ignored: ',
    ],
    [
      'of a runtime without a profile',
      { ...EVENT, data: { ...EVENT.data, resourceUri: runtimeId('etl', 'adf-two') } },
      'information: event ignored: no profile matches adf-two/etl',
    ],
  ])('%s ends at once, with its reason in the log', async (_label, event, line) => {
    await runtimeEvents(event, host.context(), depsOf());

    expect(host.calls).toEqual([]);
    expect(host.log.join('\n')).toContain(line);
  });

  it('cannot write a line of its own into the log', async () => {
    const forged = { ...EVENT, eventType: 'x\nevent taken: run ev-0 of adf-one/etl started' };

    await runtimeEvents(forged, host.context(), depsOf());

    expect(host.log.join('')).not.toContain('\n');
  });

  it('that is irrelevant needs no configuration; one that may be relevant comes again once there is one', async () => {
    const deps = depsOf({ configuration: () => Promise.reject(new Error('no configuration')) });

    await runtimeEvents({ ...EVENT, eventType: 'Other' }, host.context(), deps);

    await expect(runtimeEvents(EVENT, host.context(), deps)).rejects.toThrow('no configuration');
  });
});

describe('a request', () => {
  const BODY = { action: 'enable', dryRun: true, runtime: runtimeId('etl') };
  const post = (body: unknown, key?: string, deps = depsOf(), caller = ADA) =>
    startRun(
      httpRequest('POST', '/api/runs', {
        body,
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
      host.context(),
      deps,
      caller,
    );
  const idOf = ({ body }: { body?: unknown }) => (JSON.parse(String(body)) as { id: string }).id;

  it('starts a run, and its answer holds no key', async () => {
    const answer = await post(BODY);
    const id = idOf(answer);

    expect(answer).toMatchObject({ status: 202, headers: { location: `/api/runs/${id}` } });
    expect(host.instances.get(id)).toMatchObject({
      name: 'runtimeRun',
      input: { action: 'plan', runtime: { name: 'adf-one/etl' }, startedBy: { kind: 'request', ...ADA } },
    });
    expect(JSON.stringify(answer)).not.toMatch(/code=|SYSTEM-KEY|durabletask/);
  });

  it('with a key whose run has been purged is a run of its own, and until then it is that run', async () => {
    const later = (days: number) => depsOf({ now: () => new Date(Date.UTC(2026, 10, 23 + days)) });
    const first = idOf(await post(BODY, 'k', later(0)));
    for (const days of [1, 29, 31, 59]) expect(idOf(await post(BODY, 'k', later(days)))).toBe(first);
    expect(host.instances.size).toBe(1);
    host.instances.clear();
    const second = idOf(await post(BODY, 'k', later(31)));

    expect(second).not.toBe(first);
    expect(idOf(await post(BODY, 'k', later(32)))).toBe(second);
    expect([...host.instances.keys()]).toEqual([second]);
  });

  it('with the same key and body is the same run, told as it is, and never starts again', async () => {
    const first = await post(BODY, 'k');
    const run = host.instances.get(idOf(first));
    const shown: string[] = [];
    for (const [runtimeStatus, output] of [
      ['Pending', null],
      ['Running', null],
      ['Completed', { outcome: 'planned' }],
      ['Completed', { outcome: 'cancelled' }],
      ['Failed', 'Error'],
    ] as const) {
      Object.assign(run ?? {}, { runtimeStatus, output });
      const again = await post({ runtime: BODY.runtime, dryRun: true, action: 'enable' }, 'k');
      expect(again).toMatchObject({ status: 202, headers: { 'idempotent-replay': 'true' } });
      expect(idOf(again)).toBe(idOf(first));
      shown.push((JSON.parse(String(again.body)) as { status: string }).status);
    }

    expect(shown).toEqual(['queued', 'running', 'completed', 'cancelled', 'failed']);
    expect(starts()).toBe(1);
  });

  it('with the same key and another body is refused; another caller has keys of its own, by object id', async () => {
    await post(BODY, 'k');

    expect(await post({ ...BODY, dryRun: false }, 'k')).toMatchObject({ status: 422 });
    const renamed = { ...ADA, principal: 'ada.lovelace@contoso.example' };
    expect(await post(BODY, 'k', depsOf(), renamed)).toMatchObject({
      headers: { 'idempotent-replay': 'true' },
    });
    const grace = { ...ADA, objectId: '0f1e2d3c-0000-4000-8000-000000000002' };
    expect(await post({ ...BODY, dryRun: false }, 'k', depsOf(), grace)).toMatchObject({ status: 202 });
    expect(host.instances.size).toBe(2);
  });

  it('is answered with its run also when the profile has gone since', async () => {
    const body = { action: 'check', profile: 'sales' };
    const first = await post(body, 'k');
    const changed = depsOf({ configuration: () => configuration('other') });

    expect(idOf(await post(body, 'k', changed))).toBe(idOf(first));
    expect(await post(body, 'new', changed)).toMatchObject({
      status: 422,
      body: expect.stringContaining('There are: other.'),
    });
  });

  it.each([undefined, 'k'])(
    'whose start took effect though its answer was lost is taken (key: %s)',
    async (key) => {
      host.onStart = (instance) => {
        host.instances.set(instance.instanceId, instance);
        return 500;
      };

      expect(await post(BODY, key)).toMatchObject({ status: 202 });
      expect(host.instances.size).toBe(1);
    },
  );

  it('that raced another of the same key with another body is refused', async () => {
    host.onStart = (instance) => {
      const input = {
        ...(instance.input as object),
        startedBy: { kind: 'request', principal: 'ada', bodyDigest: 'x' },
      };
      host.instances.set(instance.instanceId, { ...instance, input });
      return 409;
    };

    expect(await post(BODY, 'k')).toMatchObject({ status: 422 });
  });

  it.each(['', 'ä', 'x'.repeat(256), 'a\tb'])('refuses the key %j', async (key) => {
    expect(await post(BODY, key)).toMatchObject({ status: 422 });
    expect(host.calls).toEqual([]);
  });

  const ID = runtimeId('etl');
  const NO_ID = 'It is not the resource id of an integration runtime: /subscriptions/';
  it.each([
    ['two slashes at its end', `${ID}//`, NO_ID],
    ['a query', `${ID}?api-version=2018-06-01`, NO_ID],
    ['a fragment', `${ID}#x`, NO_ID],
    ['a blank before it', ` ${ID}`, NO_ID],
    ['a whole URL', `https://management.azure.com${ID}`, NO_ID],
    ['another provider', ID.replace('Microsoft.DataFactory', 'Microsoft.Synapse'), NO_ID],
    ['a child', `${ID}/nodes/one`, NO_ID],
    ['no first slash', ID.slice(1), NO_ID],
    ['a NUL', `${ID}\0`, NO_ID],
    ['a slash in a name, as a URL spells it', `${ID.slice(0, -3)}e%2Ftl`, NO_ID],
    ['more letters than an id has', `${ID}${'x'.repeat(1025)}`, '1024'],
  ])('is refused for %s in the id, in words', async (_, runtime, words) => {
    const answer = await post({ ...BODY, runtime });

    expect(answer.status).toBe(422);
    expect(JSON.parse(String(answer.body))).toMatchObject({
      errors: [{ pointer: '/runtime', detail: expect.stringContaining(words) }],
    });
    expect(host.instances.size).toBe(0);
  });

  it('keeps its shape beside names that JavaScript knows', async () => {
    const body = JSON.parse(`{"action":"check","profile":"sales","__proto__":{},"constructor":1}`) as object;
    const answer = await post(body);

    expect(answer.status).toBe(422);
    expect(String(answer.body)).toContain('/constructor');
  });
});
