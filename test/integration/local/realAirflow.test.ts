import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalClient } from '../../../local/client.js';
import { closeServer, listen } from '../../../local/net/proxy.js';
import { buildStub, stubClouds } from './stub.js';

let main: string;
let client: LocalClient;
let airflow: Server;
let origin: string;
const asked: unknown[] = [];
const clouds = stubClouds(() => main);

beforeAll(async () => {
  main = await buildStub('real-airflow');
  ({ client } = await clouds.launch());
  airflow = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method, url, headers } = request;
    asked.push({ method, url, login: headers.authorization, body: Buffer.concat(chunks).toString() });
    response.writeHead(418, { 'content-type': 'application/problem+json', 'x-other': 'stays' });
    response.end('{"title": "real"}');
  });
  origin = `http://127.0.0.1:${await listen(airflow, 0)}`;
});
afterAll(async () => {
  await clouds.cleanUp();
  await closeServer(airflow);
});

async function webHostOf(name: string): Promise<string> {
  const found = (await client.runtimes()).find((runtime) => runtime.name === name);
  if (!found) throw new Error(`no runtime ${name}`);
  return found.webHost;
}

it('lets a real Airflow say when a runtime has started, and answer under its host', async () => {
  await client.setLifecycle({ startSeconds: 0, outcome: 'never' }, 'real');
  await client.setAirflow('real', { answeredBy: origin });
  await client.createRuntime({ name: 'real' });
  const host = await webHostOf('real');
  const call = { method: 'POST', headers: { authorization: 'Basic abc' }, body: { a: 1 } };

  expect((await client.azure(host, '/api/v1/dags?limit=1', call)).status).toBe(503);
  await client.advance(3600);
  expect((await client.runtimes())[0]?.state).toBe('Initial');

  await client.endStart('real', 'started');
  expect((await client.runtimes())[0]).toMatchObject({ state: 'Started', up: true });
  await expect(client.endStart('real', 'started')).rejects.toMatchObject({ status: 409 });
  const answer = await client.azure(host, '/api/v1/dags?limit=1', call);
  expect(answer).toMatchObject({ status: 418, text: '{"title": "real"}' });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-other']).toBeUndefined();
  expect(asked).toEqual([
    { method: 'POST', url: '/api/v1/dags?limit=1', login: 'Basic abc', body: '{"a":1}' },
  ]);
});

it('answers as the gateway does where the real Airflow is down', async () => {
  await client.setLifecycle({ startSeconds: 0, outcome: 'started' }, 'down');
  await client.setAirflow('down', { answeredBy: 'http://127.0.0.1:1' });
  await client.createRuntime({ name: 'down' });

  expect((await client.azure(await webHostOf('down'), '/health')).status).toBe(503);
});

it('takes an origin on this machine only', async () => {
  await expect(client.setAirflow('far', { answeredBy: 'http://10.0.0.1:80' })).rejects.toMatchObject({
    status: 400,
  });
});
