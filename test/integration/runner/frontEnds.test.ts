import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FUNCTION_KEY, openTestRunner, SYSTEM_KEY, type TestRunner } from './testRunner.js';

let runner: TestRunner;

beforeAll(async () => {
  runner = await openTestRunner();
});
afterAll(() => runner.close());

it('serves HTTP functions by route, method and key', async () => {
  const { origin } = runner;
  expect(await (await fetch(`${origin}/api/open/ada?q=1`)).json()).toEqual({ name: 'ada', q: '1' });
  expect((await fetch(`${origin}/api/open/ada`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${origin}/api/locked`, { method: 'POST', body: '{}' })).status).toBe(401);
  const started = await fetch(`${origin}/api/locked?code=${FUNCTION_KEY}`, {
    method: 'POST',
    body: '{"count":1}',
  });
  expect([started.status, await started.text()]).toEqual([202, 'from-http']);
  await runner.kernel.clock.run();
  expect(await runner.status('from-http')).toMatchObject({ output: ['effect from-http/0'] });
});

it('passes on a body that has a length, and none in chunks', async () => {
  const post = (headers: Record<string, string>) =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request(`${runner.origin}/api/reads`, { method: 'POST', headers }, (incoming) => {
        incoming.setEncoding('utf8');
        let text = '';
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => resolve(text));
      });
      outgoing.on('error', reject);
      outgoing.end('a body');
    });

  expect(await post({ 'content-length': '6' })).toBe('got a body');
  expect(await post({ 'transfer-encoding': 'chunked' })).toBe('got ');
});

const deliver = (body: string, type?: string, method = 'POST') =>
  fetch(`${runner.origin}/runtime/webhooks/eventgrid?functionName=hears&code=${SYSTEM_KEY}`, {
    method,
    ...(method === 'POST' ? { body } : {}),
    headers: type === undefined ? {} : { 'aeg-event-type': type },
  });

it('gives each event of a notification to the function', async () => {
  const batch = '[{"id":"1","subject":"a"},{"id":"2","subject":"b"}]';
  expect((await deliver(batch, 'Notification')).status).toBe(202);
  expect((await deliver('{"id":"3","subject":"c","specversion":"1.0"}', 'Notification')).status).toBe(202);
  expect(['1', '2', '3'].map((id) => runner.calls.get(`event ${id}`))).toEqual(['a', 'b', 'c']);
});

it('takes nothing but a notification for one', async () => {
  expect((await deliver('{"id":"4","subject":"d"}')).status).toBe(400);
  expect((await deliver('{"id":"4","subject":"d"}', 'Other')).status).toBe(400);
  expect((await deliver('{nope', 'Notification')).status).toBe(500);
  expect((await deliver('{}', 'Unsubscribe')).status).toBe(202);
  expect(runner.calls.has('event 4')).toBe(false);
});

it('asks for the whole batch again where one event of it fails, after all were heard', async () => {
  const batch = '[{"id":"5","subject":"fails"},{"id":"6","subject":"f"}]';
  expect((await deliver(batch, 'Notification')).status).toBe(500);
  expect(runner.calls.get('event 6')).toBe('f');
});

it('shakes hands in both schemas', async () => {
  const validation = await deliver('[{"data":{"validationCode":"abc"}}]', 'SubscriptionValidation');
  expect([validation.status, await validation.json()]).toEqual([200, { validationResponse: 'abc' }]);
  const options = await deliver('', undefined, 'OPTIONS');
  expect([options.status, options.headers.get('webhook-allowed-origin')]).toEqual([200, '*']);
});

it('runs timer functions as time passes, and lets time stand for them', async () => {
  await runner.kernel.clock.run();
  const before = Number(runner.calls.get('ticks') ?? 0);
  await runner.kernel.clock.run();
  expect(Number(runner.calls.get('ticks') ?? 0)).toBe(before);
  await runner.kernel.clock.advance(3 * 3600_000);
  expect(Number(runner.calls.get('ticks'))).toBe(before + 3);
});

it('tells a timer function of the occurrence before and of this one', async () => {
  await runner.kernel.clock.advance(3600_000);
  const { last, next } = runner.calls.get('last tick') as { last: string; next: string };

  expect(Date.parse(next) - Date.parse(last)).toBe(3600_000);
  expect(Date.parse(next)).toBeLessThanOrEqual(runner.kernel.clock.now());
});
