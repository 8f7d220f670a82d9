import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enable,
  request,
  runsOn,
  runtimeId,
  settle,
  startCloud,
  type TestCloud,
  writeEvent,
} from './harness.js';

interface ProblemDocument {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

describe('the HTTP API', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    cloud = await startCloud();
    await enable(cloud, { name: 'etl' });
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  const raw = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    cloud.client.functions('/api/runs', { method: 'POST', headers, body });

  it('starts a run: 202, where to read it, when to ask again, and no key anywhere', async () => {
    const answer = await request(cloud.client, { action: 'check', runtime: runtimeId('etl') });
    const text = await answer.text();
    const { id } = JSON.parse(text) as { id: string };

    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/runs/${id}`);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(text).not.toContain('code=');
    expect(text).not.toContain(cloud.client.ready.systemKey);
    await cloud.client.run({ maxSeconds: 3600 });
    const run = await (await cloud.client.functions(`/api/runs/${id}`)).json();
    expect(run).toMatchObject({
      id,
      outcome: 'accessProven',
      startedBy: { principal: expect.stringMatching(/^function key [0-9a-f]{8}$/) },
    });
  });

  it('wants the key', async () => {
    const without = await fetch(new URL('/api/runs', cloud.client.ready.functions));
    const inQuery = await fetch(
      new URL(`/api/runs?code=${cloud.client.ready.functionKey}`, cloud.client.ready.functions),
    );

    expect(without.status).toBe(401);
    expect(inQuery.status).toBe(200);
  });

  it('takes the same Idempotency-Key and body for the same run, also when it has ended', async () => {
    const body = { action: 'enable', dryRun: true, runtime: runtimeId('etl') };
    const key = { 'idempotency-key': 'the-key' };
    const first = (await (await request(cloud.client, body, key)).json()) as { id: string };
    await cloud.client.run({ maxSeconds: 3600 });
    const before = await (await cloud.client.functions(`/api/runs/${first.id}`)).json();

    const again = await request(cloud.client, { runtime: body.runtime, dryRun: true, action: 'enable' }, key);
    await cloud.client.run({ maxSeconds: 3600 });
    const other = await request(cloud.client, { ...body, dryRun: false }, key);

    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replay')).toBe('true');
    expect(((await again.json()) as { id: string }).id).toBe(first.id);
    expect(await (await cloud.client.functions(`/api/runs/${first.id}`)).json()).toEqual(before);
    expect(other.status).toBe(422);
    expect(((await other.json()) as ProblemDocument).errors?.[0]?.pointer).toBe('Idempotency-Key');
  });

  const deep = '['.repeat(40) + ']'.repeat(40);
  it.each([
    { label: 'not JSON', body: '{nope', status: 400, pointer: undefined },
    { label: 'too deep', body: `{"action":"enable","runtime":${deep}}`, status: 400, pointer: undefined },
    {
      label: 'too large',
      body: JSON.stringify({ action: 'x'.repeat(70_000) }),
      status: 413,
      pointer: undefined,
    },
    {
      label: 'an unknown field',
      body: '{"action":"check","profile":"default","colour":"red"}',
      status: 422,
      pointer: '/colour',
    },
    {
      label: 'an unknown action',
      body: '{"action":"destroy","profile":"default"}',
      status: 422,
      pointer: '/action',
    },
    { label: 'neither runtime nor profile', body: '{"action":"check"}', status: 422, pointer: '/runtime' },
    {
      label: 'an unknown profile',
      body: '{"action":"check","profile":"nobody"}',
      status: 422,
      pointer: '/profile',
    },
    { label: 'no resource id', body: '{"action":"check","runtime":"etl"}', status: 422, pointer: '/runtime' },
    {
      label: 'a runtime that no profile matches',
      body: JSON.stringify({
        action: 'check',
        runtime: runtimeId('etl').replace('adf-airlock', 'adf-other'),
      }),
      status: 422,
      pointer: '/runtime',
    },
    {
      label: 'a dry run of a check',
      body: '{"action":"check","dryRun":true,"profile":"default"}',
      status: 422,
      pointer: '/dryRun',
    },
  ])('answers a problem document: $label', async ({ body, status, pointer }) => {
    const answer = await raw(body);
    const problem = (await answer.json()) as ProblemDocument;

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(problem).toMatchObject({ status, type: expect.stringMatching(/^urn:airlock:problem:/) });
    expect(problem.errors?.map((error) => error.pointer)).toEqual(
      pointer === undefined ? undefined : [pointer],
    );
  });

  it('refuses another content type', async () => {
    expect((await raw('action=check', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('knows no run of another name, and shows no internal orchestration as a run', async () => {
    const { instances } = (await cloud.client.stats()) as {
      instances: { instanceId: string; name: string }[];
    };
    const internal = instances.find(({ name }) => name === 'checkAccess');

    for (const id of ['nothing', internal?.instanceId ?? '', '..%2f..%2fadmin', 'ev-00']) {
      expect((await cloud.client.functions(`/api/runs/${id}`)).status, id).toBe(404);
    }
    const { runs } = (await (await cloud.client.functions('/api/runs')).json()) as { runs: { id: string }[] };
    expect(runs.map(({ id }) => id)).not.toContain(internal?.instanceId);
  });

  it('pages the list of runs', async () => {
    const seen: string[] = [];
    let before = '';
    do {
      const answer = await cloud.client.functions(`/api/runs?top=2&before=${encodeURIComponent(before)}`);
      const { runs, next } = (await answer.json()) as { runs: { id: string }[]; next?: string };
      expect(runs.length).toBeLessThanOrEqual(2);
      seen.push(...runs.map(({ id }) => id));
      before = next ?? '';
    } while (before);

    const all = (await (await cloud.client.functions('/api/runs?top=200')).json()) as {
      runs: { id: string }[];
    };
    expect(seen).toEqual(all.runs.map(({ id }) => id));
    expect((await cloud.client.functions('/api/runs?top=0')).status).toBe(422);
  });

  it('does not cancel what has ended', async () => {
    const [run] = ((await (await cloud.client.functions('/api/runs')).json()) as { runs: { id: string }[] })
      .runs;

    expect((await cloud.client.functions(`/api/runs/${run?.id}/cancel`, { method: 'POST' })).status).toBe(
      409,
    );
    expect((await cloud.client.functions('/api/runs/rq-0/cancel', { method: 'POST' })).status).toBe(404);
  });

  it('serves its OpenAPI description, in which every reference leads somewhere', async () => {
    const text = await (await cloud.client.functions('/api/openapi.json')).text();
    const document = JSON.parse(text) as {
      openapi: string;
      components: { schemas: Record<string, unknown> };
    };

    expect(document.openapi).toBe('3.1.0');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name ?? '');
    }
  });

  it('takes the good events of a batch with a bad one', async () => {
    await cloud.client.createRuntime({ name: 'batch' });
    const good = writeEvent('batch', 'good-one');
    const body = JSON.stringify([{ nonsense: true }, null, 7, good]);
    const { functions, systemKey } = cloud.client.ready;
    const url = `${functions}/runtime/webhooks/eventgrid?functionName=runtimeEvents&code=${systemKey}`;
    const headers = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };

    const answer = await fetch(url, { method: 'POST', headers, body });
    const huge = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify([{ ...good, id: 'huge', data: { ...good.data, filler: 'x'.repeat(1_000_000) } }]),
    });
    const wrongKey = await fetch(url.replace(systemKey, 'wrong'), { method: 'POST', headers, body });
    await settle(cloud.client, 'batch');

    expect([answer.status, huge.status, wrongKey.status]).toEqual([202, 202, 401]);
    const outcomes = (await runsOn(cloud.client, 'batch')).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['busy', 'busy', 'busy', 'enabled']);
  });

  it('answers the handshakes of both event schemas', async () => {
    const { functions, systemKey } = cloud.client.ready;
    const url = `${functions}/runtime/webhooks/eventgrid?functionName=runtimeEvents&code=${systemKey}`;
    const validation = await fetch(url, {
      method: 'POST',
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
      body: JSON.stringify([{ data: { validationCode: 'abc' } }]),
    });
    const options = await fetch(url, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });

    expect(await validation.json()).toEqual({ validationResponse: 'abc' });
    expect(options.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  });
});

describe('an app that is configured wrongly', () => {
  it('says so in the log and over HTTP, and lets Event Grid deliver again', async () => {
    const cloud = await startCloud({ configText: 'version: 1\ncredentials: {}\nprofiles: []\n' });
    try {
      const answer = await cloud.client.functions('/api/runs');
      const status = await cloud.client.deliver(writeEvent('etl', 'e1'), 'runtimeEvents');

      expect(answer.status).toBe(503);
      expect(((await answer.json()) as ProblemDocument).type).toBe('urn:airlock:problem:misconfigured');
      expect(status).toBe(500);
      expect(cloud.log.join('\n')).toMatch(/configuration: .*profiles/);
    } finally {
      await cloud.handle.stop();
    }
  });
});
